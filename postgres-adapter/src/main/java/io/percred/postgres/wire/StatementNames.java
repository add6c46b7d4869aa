package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of what kind the prepared statements and portals of the connection are. SQL can give a name to
 * another statement (PREPARE, DEALLOCATE, and anything that can run them): from then on every
 * remembered name is in doubt. One that stood for a statement without need of a binding is parsed
 * again before it is used; any other stands for a statement of unknown kind, which needs a binding
 * and a block. Confined to one connection.
 */
final class StatementNames {
  /**
   * Longer texts are not kept: what drivers and pools prepare without need of a binding is short.
   */
  private static final int LONGEST_KEPT = 256;

  /**
   * A prepared statement.
   *
   * @param text of a named statement that needs no binding, or null
   * @param renames whether running it can give names to other statements
   * @param generation when it was parsed
   * @param left what it does to settings or transaction, or null
   */
  record Prepared(
      StatementKind kind,
      @Nullable String text,
      boolean renames,
      int generation,
      @Nullable Left left) {}

  /**
   * What a statement does to settings or transaction.
   *
   * @param text of the statement if it changes settings, else null
   */
  record Left(SessionChange change, @Nullable String text) {}

  private static final Prepared UNKNOWN = new Prepared(StatementKind.OTHER, null, true, 0, null);

  private final Map<String, Prepared> statements = new HashMap<>();
  private final Map<String, Prepared> portals = new HashMap<>();
  private int generation;

  /** A Parse goes out. */
  void prepared(
      String name, StatementKind kind, SqlText text, @Nullable String kept, @Nullable Left left) {
    String again = kept != null && kept.length() <= LONGEST_KEPT ? kept : null;
    statements.put(name, new Prepared(kind, again, text.mayRenameStatements(), generation, left));
  }

  /** What a name stands for. The unnamed statement cannot be renamed. */
  Prepared statement(String name) {
    Prepared known = statements.get(name);
    boolean usable = known != null && (name.isEmpty() || known.text() != null || !isInDoubt(known));
    return usable && known != null ? known : UNKNOWN;
  }

  /** Whether a name may stand for something else by now. */
  boolean isInDoubt(Prepared prepared) {
    return prepared.generation() != generation;
  }

  /** The name was parsed again. */
  void confirmed(String name, Prepared prepared) {
    statements.put(
        name,
        new Prepared(
            prepared.kind(), prepared.text(), prepared.renames(), generation, prepared.left()));
  }

  /** SQL that can rename statements goes out, or another caller's did. */
  void renamed() {
    generation++;
  }

  void opened(String portal, Prepared prepared) {
    portals.put(portal, prepared);
  }

  @Nullable Prepared ofPortal(String portal) {
    return portals.get(portal);
  }

  void closed(byte type, String name) {
    (type == 'S' ? statements : portals).remove(name);
  }

  /** The transaction ended, and with it every portal. */
  void endedTransaction() {
    portals.clear();
  }
}
