package io.percred.postgres.wire;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose the session is: the caller who used it last, and may have left something in it. Confined to
 * one connection.
 *
 * <p>An owner is named by everything that is bound except the token, once that was accepted. Of a
 * caller who sent only what needs no binding, just the key is known: the session is that key's, and
 * whoever comes with another one is another. If statements of several callers reached the session,
 * it is nobody's.
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
      ";SELECT 1 OPERATOR(pg_catalog./)"
          + " (from_sql::pg_catalog.int4 OPERATOR(pg_catalog.-) 1)"
          + " FROM pg_catalog.pg_prepared_statement() WHERE from_sql";

  /** Locks, and the seed: whoever chose it could tell the next caller's random numbers. */
  private static final String SELECT =
      ";SELECT pg_catalog.pg_advisory_unlock_all(), pg_catalog.setseed(";

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
  private @Nullable String principal;
  private @Nullable Map<String, Object> claims;
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

  /** Whether the session holds what somebody left who does not call under this key. */
  boolean isOfAnother(Object callerKey) {
    return used && !isOf(callerKey);
  }

  /**
   * Whether the session is known to be the caller's, as nothing has changed of what tells its owner
   * since. Spares asking who the owner is.
   *
   * @param name the principal that was accepted, or null
   * @param accepted the claims that were accepted, or null
   */
  boolean isKnown(Object callerKey, @Nullable String name, @Nullable Map<String, Object> accepted) {
    return owner != null
        && !released
        && isOf(callerKey)
        && Objects.equals(principal, name)
        && Objects.equals(claims, accepted);
  }

  /**
   * Whether the caller is the owner, maybe under another key, as that of a new token.
   *
   * @param caller who it is, or null if nobody was accepted
   */
  boolean isStill(Object callerKey, @Nullable Object caller) {
    boolean same = caller != null && caller.equals(owner);
    if (same) {
      key = callerKey;
    }
    return same;
  }

  /** Whether what is left in the session was left by this caller, accepted or under this key. */
  boolean isLeftTo(Object callerKey, @Nullable Object caller) {
    return owner == null ? isOf(callerKey) : owner.equals(caller);
  }

  /**
   * The session is this caller's from now on.
   *
   * @param caller who it is, or null if nothing can be bound for the caller
   * @param name the principal that was accepted, or null
   * @param accepted the claims that were accepted, or null
   */
  void use(
      @Nullable Object callerKey,
      @Nullable Object caller,
      @Nullable String name,
      @Nullable Map<String, Object> accepted) {
    key = callerKey;
    owner = caller;
    principal = name;
    claims = accepted;
    used = true;
  }

  /**
   * Something may be left in the session under this key, by somebody who was not accepted for it.
   * Where somebody else's things are left already, the session is nobody's.
   */
  void claim(Object callerKey) {
    use(isOfAnother(callerKey) ? null : callerKey, null, null, null);
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

  /**
   * What clears the session.
   *
   * @param seed of the next random numbers, which nobody can tell; between 0 and 1
   */
  String clearingText(double seed) {
    StringBuilder text = new StringBuilder(CLEAR);
    if (renamed) {
      text.append(DEALLOCATE);
    }
    text.append(SELECT).append(seed).append(')').append(CHECK);
    baseline.appendTo(text);
    return text.toString();
  }

  /** The clearing goes out; whether it is done shows when it is answered. */
  void cleared() {
    forget();
    used = false;
    renamed = false;
    released = false;
  }

  /** The server skipped the clearing: whose the session is, nobody knows. */
  void notCleared() {
    forget();
    used = true;
    renamed = true;
  }

  private void forget() {
    key = null;
    owner = null;
    principal = null;
    claims = null;
  }
}
