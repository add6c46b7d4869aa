package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of what kind the prepared statements and portals of the connection are. SQL can give a name to
 * another statement (PREPARE, DEALLOCATE, and anything that can run them); every remembered name is
 * dropped then, and a statement of unknown kind is one that needs a binding. Confined to one
 * connection.
 */
final class StatementNames {
  private final Map<String, StatementKind> statements = new HashMap<>();
  private final Map<String, StatementKind> portals = new HashMap<>();

  void prepared(String name, StatementKind kind) {
    statements.put(name, kind);
  }

  @Nullable StatementKind ofStatement(String name) {
    return statements.get(name);
  }

  void opened(String portal, StatementKind kind) {
    portals.put(portal, kind);
  }

  @Nullable StatementKind ofPortal(String portal) {
    return portals.get(portal);
  }

  void closed(byte type, String name) {
    (type == 'S' ? statements : portals).remove(name);
  }

  /** The transaction ended, and with it every portal. */
  void endedTransaction() {
    portals.clear();
  }

  /** SQL that can rename statements goes out. The unnamed one cannot be renamed. */
  void renamed() {
    StatementKind unnamed = statements.get("");
    statements.clear();
    if (unnamed != null) {
      statements.put("", unnamed);
    }
  }
}
