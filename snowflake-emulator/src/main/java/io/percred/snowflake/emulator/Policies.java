package io.percred.snowflake.emulator;

import io.percred.snowflake.emulator.SqlToken.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Row access and masking: a view of the table's name stands in front of the table and is evaluated
 * in the session that asks. Writing to a protected table is not possible in this emulator.
 * Thread-safe.
 */
final class Policies {
  private final Engine engine;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Protection> protections = new LinkedHashMap<>();

  private static final class Protection {
    final List<String> rowConditions = new ArrayList<>();
    final Map<String, String> masks = new LinkedHashMap<>();
  }

  Policies(Engine engine) {
    this.engine = engine;
  }

  void rowAccess(QualifiedName table, String condition) throws SQLException {
    lock.lock();
    try {
      Protection protection = protect(table);
      protection.rowConditions.add("(" + condition + ")");
      view(table, protection);
    } finally {
      lock.unlock();
    }
  }

  void mask(QualifiedName table, String column, String expression) throws SQLException {
    lock.lock();
    try {
      Protection protection = protect(table);
      protection.masks.put(column, expression);
      view(table, protection);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses what would go around a policy: the protected table itself, and DuckDB's functions that
   * take a name or a query as text.
   */
  static void refuseDetours(List<SqlToken> tokens) throws SnowflakeError {
    for (SqlToken token : tokens) {
      boolean identifier = token.kind() == Kind.WORD || token.kind() == Kind.QUOTED;
      String name = Identity.upper(token.name());
      if (identifier
          && (name.endsWith(CatalogQueries.BASE_SUFFIX)
              || name.equals("QUERY")
              || name.equals("QUERY_TABLE"))) {
        throw SnowflakeError.missingObject("Object", token.name());
      }
    }
  }

  /** A name of three parts, in upper case. */
  record QualifiedName(String database, String schema, String name) {
    static QualifiedName of(String text) {
      String[] parts = Identity.upper(text).split("\\.", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("Not a name like DATABASE.SCHEMA.TABLE: " + text);
      }
      return new QualifiedName(parts[0], parts[1], parts[2]);
    }

    String sql() {
      return Names.quoted(database) + "." + Names.quoted(schema) + "." + Names.quoted(name);
    }

    QualifiedName base() {
      return new QualifiedName(database, schema, name + CatalogQueries.BASE_SUFFIX);
    }
  }

  private Protection protect(QualifiedName table) throws SQLException {
    @Nullable Protection known = protections.get(table.sql());
    if (known != null) {
      return known;
    }
    engine.run("ALTER TABLE " + table.sql() + " RENAME TO " + Names.quoted(table.base().name()));
    Protection created = new Protection();
    protections.put(table.sql(), created);
    return created;
  }

  private void view(QualifiedName table, Protection protection) throws SQLException {
    StringBuilder sql = new StringBuilder("CREATE OR REPLACE VIEW " + table.sql() + " AS SELECT *");
    if (!protection.masks.isEmpty()) {
      List<String> replacements = new ArrayList<>();
      protection.masks.forEach(
          (column, expression) -> replacements.add("(" + expression + ") AS " + column));
      sql.append(" REPLACE (").append(String.join(", ", replacements)).append(")");
    }
    sql.append(" FROM ").append(table.base().sql());
    if (!protection.rowConditions.isEmpty()) {
      sql.append(" WHERE ").append(String.join(" AND ", protection.rowConditions));
    }
    engine.run(sql.toString());
  }
}
