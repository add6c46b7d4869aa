package io.percred.snowflake.emulator;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * SHOW and DESCRIBE, as far as the driver's DatabaseMetaData and people need them. Stateless; runs
 * on the session's connection, so that temporary tables are seen.
 */
final class ShowCommands {
  private record Table(List<Column> columns, List<List<@Nullable String>> rows) {
    Result result() {
      return Result.rows(StatementKind.SHOW, columns, RowsetWriter.of(rows));
    }
  }

  Result run(Session session, StatementKind kind, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    if (kind == StatementKind.DESCRIBE) {
      return describe(session, tokens);
    }
    int what = tokens.size() > 1 && tokens.get(1).is("TERSE") ? 2 : 1;
    String noun = what < tokens.size() ? tokens.get(what).name() : "";
    ShowScope scope =
        ShowScope.of(session, tokens.subList(Math.min(what, tokens.size()), tokens.size()));
    return switch (noun) {
      case "OBJECTS" -> query(session, CatalogQueries.OBJECTS, scope, "\"name\"").result();
      case "TABLES" -> query(session, CatalogQueries.TABLES, scope, "\"name\"").result();
      case "VIEWS" -> query(session, CatalogQueries.VIEWS, scope, "view_name").result();
      case "SCHEMAS" ->
          query(session, CatalogQueries.SCHEMAS, scope.inDatabase(), "schema_name").result();
      case "DATABASES" ->
          query(session, CatalogQueries.DATABASES, scope.inAccount(), "database_name").result();
      case "COLUMNS" -> columns(query(session, CatalogQueries.COLUMNS, scope, "column_name"));
      case "PRIMARY" -> query(session, CatalogQueries.PRIMARY_KEYS, scope, "table_name").result();
      case "IMPORTED", "EXPORTED" -> empty(CatalogQueries.FOREIGN_KEY_COLUMNS);
      case "PARAMETERS" -> parameters(session, scope.pattern());
      case "PROCEDURES", "FUNCTIONS", "USER" -> empty(CatalogQueries.FUNCTION_COLUMNS);
      case "STREAMS" -> empty(CatalogQueries.STREAM_COLUMNS);
      default -> throw SnowflakeError.unsupported("SHOW " + noun);
    };
  }

  private static Table query(Session session, String sql, ShowScope scope, String likeColumn)
      throws SQLException {
    StringBuilder text = new StringBuilder(sql);
    List<String> arguments = new ArrayList<>();
    filter(text, arguments, "database_name = ?", scope.database());
    filter(text, arguments, "schema_name = ?", scope.schema());
    filter(text, arguments, "table_name = ?", scope.table());
    // the LIKE of SHOW knows no case; the driver escapes with a backslash
    filter(text, arguments, likeColumn + " ILIKE ? ESCAPE '\\'", scope.pattern());
    text.append(
        sql.equals(CatalogQueries.COLUMNS)
            ? " ORDER BY database_name, schema_name, table_name, column_index"
            : " ORDER BY ALL");
    try (PreparedStatement statement = session.connection.prepareStatement(text.toString())) {
      for (int i = 0; i < arguments.size(); i++) {
        statement.setString(i + 1, arguments.get(i));
      }
      try (ResultSet rows = statement.executeQuery()) {
        return read(rows);
      }
    }
  }

  private static void filter(
      StringBuilder sql, List<String> arguments, String condition, @Nullable String value) {
    if (value != null) {
      sql.append(" AND ").append(condition);
      arguments.add(value);
    }
  }

  private static Table read(ResultSet rows) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (Column column : Column.of(rows.getMetaData())) {
      columns.add(Column.text(column.name()));
    }
    List<List<@Nullable String>> read = new ArrayList<>();
    while (rows.next()) {
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        row.add(rows.getString(i));
      }
      read.add(row);
    }
    return new Table(columns, read);
  }

  /** The type of a column travels as JSON text. */
  private static Result columns(Table table) {
    for (List<@Nullable String> row : table.rows()) {
      Column column = Column.of("", String.valueOf(row.get(3)));
      JsonObject type = new JsonObject();
      type.addProperty("type", Identity.upper(column.type()));
      type.addProperty("nullable", Boolean.parseBoolean(row.get(4)));
      if (column.type().equals("text")) {
        type.addProperty("length", Column.MAX_TEXT);
        type.addProperty("byteLength", Column.MAX_TEXT);
        type.addProperty("fixed", false);
      } else {
        type.addProperty("precision", column.precision());
        type.addProperty("scale", column.scale());
      }
      row.set(3, type.toString());
    }
    return table.result();
  }

  private static Result describe(Session session, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    boolean noun = tokens.size() > 2 && (tokens.get(1).is("TABLE") || tokens.get(1).is("VIEW"));
    int from = noun ? 2 : 1;
    if (from >= tokens.size()) {
      throw SnowflakeError.syntax("<EOF>");
    }
    String sql =
        """
        SELECT column_name AS "name", column_type AS "type", 'COLUMN' AS "kind",
          left("null", 1) AS "null?", "default" AS "default",
          CASE WHEN "key" = 'PRI' THEN 'Y' ELSE 'N' END AS "primary key"
        FROM (DESCRIBE %s)"""
            .formatted(Dialect.rewrite(tokens.subList(from, tokens.size())));
    try (PreparedStatement statement = session.connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      return read(rows).result();
    }
  }

  private static Result parameters(Session session, @Nullable String pattern) {
    SessionParameters defaults = new SessionParameters();
    List<List<String>> rows = new ArrayList<>();
    for (Map.Entry<String, JsonPrimitive> each : session.parameters.all().entrySet()) {
      String name = each.getKey();
      if (pattern == null || like(name, pattern)) {
        String value = each.getValue().getAsString();
        String standard = defaults.text(name);
        String level = value.equals(standard) ? "" : "SESSION";
        String type = each.getValue().isBoolean() ? "BOOLEAN" : "STRING";
        rows.add(List.of(name, value, standard, level, "", type));
      }
    }
    return Result.rows(
        StatementKind.SHOW,
        texts(List.of("key", "value", "default", "level", "description", "type")),
        RowsetWriter.of(rows));
  }

  private static boolean like(String name, String pattern) {
    return name.matches(pattern.toUpperCase(Locale.ROOT).replace("%", ".*").replace("_", "."));
  }

  private static Result empty(List<String> names) {
    return Result.rows(StatementKind.SHOW, texts(names), Rowset.EMPTY);
  }

  private static List<Column> texts(List<String> names) {
    return names.stream().map(Column::text).toList();
  }
}
