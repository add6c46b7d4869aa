package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the driver's prepared statements were made while a caller had changed what the names of
 * tables mean in the session, by its search_path or a temporary table. Clearing the session changes
 * it back, and the driver does not notice: for the next caller the server refuses such a statement
 * if its columns have changed ("cached plan must not change result type", 0A000), and in a
 * transaction the driver cannot help itself. So percred says in time, and in the words for which
 * the driver prepares it anew, that the statement is gone. A change that a function makes is not
 * seen. Confined to one connection.
 */
final class TableNames {
  private static final String SEARCH_PATH = "search_path";

  /** What changes them, wherever it stands in a text; a mistake costs a Parse. */
  private static final ByteSearch CHANGES =
      ByteSearch.of(
          SEARCH_PATH,
          "create temp",
          "local temp",
          "global temp",
          "into temp",
          "temporary",
          "pg_temp");

  private static final ByteSearch READS = ByteSearch.of("select", "with", "values", "table");
  private static final ByteSearch RETURNS = ByteSearch.of("returning");

  private final Map<String, Integer> changedWhenParsed = new HashMap<>();

  /** After how many clearings of the session a caller changed the names last. */
  private int changedAfter = -1;

  /** Whether SQL may change what names mean. */
  static boolean areChangedBy(byte[] text, int from, int end, @Nullable SessionChange change) {
    return (change != null && change.names().contains(SEARCH_PATH))
        || CHANGES.isIn(text, from, end);
  }

  /**
   * Such SQL of a caller goes out.
   *
   * @param clearings how often the session was cleared by now
   */
  void changed(int clearings) {
    changedAfter = clearings;
  }

  /** A Parse goes out: keeps its name if the statement reads and so can be sent twice. */
  void prepared(String name, SqlText scanned, byte[] text, int from, int clearings) {
    changedWhenParsed.remove(name);
    if (changedAfter == clearings
        && !name.isEmpty()
        && scanned.count() == 1
        && scanned.kind(0) == StatementKind.FAST
        && READS.isAt(text, from + scanned.start(0), from + scanned.end(0))
        && !RETURNS.isIn(text, from, from + scanned.end(0))) {
      changedWhenParsed.put(name, clearings);
    }
  }

  /** Whether the tables that the statement names were others when it was prepared. */
  boolean wereOthers(String name, int clearings) {
    Integer parsed = changedWhenParsed.isEmpty() ? null : changedWhenParsed.get(name);
    return parsed != null && parsed != clearings;
  }

  /** The driver has been told. */
  void forget(String name) {
    changedWhenParsed.remove(name);
  }
}
