package io.percred.postgres.wire;

import org.jspecify.annotations.Nullable;

/**
 * Whose the session is: the caller who used it last, and may have left something in it. Confined to
 * one connection.
 *
 * <p>Settings and role of a transaction end with it; what SQL can leave behind in the session does
 * not: settings, role, cursors WITH HOLD, temporary tables, advisory locks, channels, the values of
 * sequences, prepared statements. It is cleared in front of the transaction of the next caller, not
 * inside, where a rollback would bring everything back.
 */
final class SessionOwner {
  /**
   * The owner of a session that is told by the principal.
   *
   * @param service whether the principal is the application's own service account
   */
  record Principal(String name, boolean service) {}

  /**
   * Prepared statements are not deallocated, because the driver relies on its own. Those that SQL
   * made may have taken the names of the driver's, so this divides by zero if there are any left.
   * Written in this way because that is the cheapest to plan.
   */
  private static final String CHECK =
      ";SELECT pg_catalog.pg_advisory_unlock_all();SELECT 1 OPERATOR(pg_catalog./)"
          + " (from_sql::pg_catalog.int4 OPERATOR(pg_catalog.-) 1)"
          + " FROM pg_catalog.pg_prepared_statement() WHERE from_sql";

  private static final String CLEAR =
      "RESET SESSION AUTHORIZATION;RESET ROLE;CLOSE ALL;UNLISTEN *;DISCARD TEMP;"
          + "DISCARD SEQUENCES;RESET ALL";

  private static final String DEALLOCATE =
      ";DO $percred$ DECLARE n text; BEGIN"
          + " FOR n IN SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql LOOP"
          + " EXECUTE pg_catalog.format('DEALLOCATE %I', n); END LOOP; END $percred$";

  /** The SQLSTATE of a clearing that found such statements: division by zero. */
  static final String UNSEEN_STATEMENTS = "22012";

  private final SessionBaseline baseline = new SessionBaseline();
  private @Nullable Object key;
  private @Nullable Object owner;
  private boolean used;
  private boolean renamed;
  private boolean released;

  /** Whether a caller has used the session since it was last cleared. */
  boolean isUsed() {
    return used;
  }

  /** Whether whoever calls under this key is known to own the session. */
  boolean isOf(Object callerKey) {
    return callerKey.equals(key);
  }

  /** Whether it is known who owns the session, and that it is whoever calls under this key. */
  boolean isKnown(Object callerKey) {
    return owner != null && used && !released && isOf(callerKey);
  }

  /** The owner calls under another key, with a new token for example; whether it is the owner. */
  boolean isStill(Object callerKey, Object caller) {
    boolean same = caller.equals(owner);
    if (same) {
      key = callerKey;
    }
    return same;
  }

  /**
   * The session is this caller's from now on.
   *
   * @param caller who it is, or null if only the key is known
   */
  void use(Object callerKey, @Nullable Object caller) {
    key = callerKey;
    owner = caller;
    used = true;
  }

  /** SQL of the owner may have made prepared statements. */
  void renames() {
    renamed = true;
  }

  /** The session is handed back; whether anybody used it, so that it is to be cleared first. */
  boolean release() {
    released = used;
    return used;
  }

  boolean isReleased() {
    return released;
  }

  SessionBaseline baseline() {
    return baseline;
  }

  /** What clears the session. */
  String clearingText() {
    StringBuilder text = new StringBuilder(CLEAR);
    if (renamed) {
      text.append(DEALLOCATE);
    }
    text.append(CHECK);
    baseline.appendTo(text);
    return text.toString();
  }

  /** The clearing goes out; whether it is done shows when it is answered. */
  void cleared() {
    key = null;
    owner = null;
    used = false;
    renamed = false;
    released = false;
  }

  /** The server skipped the clearing: whose the session is, nobody knows. */
  void notCleared() {
    key = null;
    owner = null;
    used = true;
    renamed = true;
  }
}
