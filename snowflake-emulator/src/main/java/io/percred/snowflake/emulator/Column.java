package io.percred.snowflake.emulator;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A column of a result as the driver's {@code rowtype} describes it.
 *
 * @param type in Snowflake's lower-case wire name
 */
record Column(String name, String type, int precision, int scale, boolean nullable) {
  static final int MAX_TEXT = 16_777_216;

  static Column text(String name) {
    return new Column(name, "text", 0, 0, true);
  }

  static Column fixed(String name) {
    return new Column(name, "fixed", 38, 0, true);
  }

  static List<Column> of(ResultSetMetaData metadata) throws SQLException {
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      columns.add(of(metadata.getColumnName(i), metadata.getColumnTypeName(i)));
    }
    return columns;
  }

  /** A column of DuckDB's type {@code typeName}, such as {@code DECIMAL(12,2)}. */
  static Column of(String name, String typeName) {
    String type = typeName.toUpperCase(Locale.ROOT);
    if (type.endsWith("[]") || type.endsWith("]")) {
      return new Column(name, "array", 0, 0, true);
    }
    if (type.startsWith("DECIMAL")) {
      String[] digits = type.replaceAll("[^0-9,]", "").split(",", -1);
      return new Column(
          name, "fixed", Integer.parseInt(digits[0]), Integer.parseInt(digits[1]), true);
    }
    if (type.startsWith("STRUCT") || type.startsWith("MAP")) {
      return new Column(name, "object", 0, 0, true);
    }
    return switch (type) {
      case "TINYINT",
          "SMALLINT",
          "INTEGER",
          "BIGINT",
          "HUGEINT",
          "UTINYINT",
          "USMALLINT",
          "UINTEGER",
          "UBIGINT",
          "UHUGEINT" ->
          fixed(name);
      case "FLOAT", "DOUBLE" -> new Column(name, "real", 0, 0, true);
      case "BOOLEAN" -> new Column(name, "boolean", 0, 0, true);
      case "DATE" -> new Column(name, "date", 0, 0, true);
      case "TIME" -> new Column(name, "time", 0, 9, true);
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
          new Column(name, "timestamp_ntz", 0, 9, true);
      case "TIMESTAMP WITH TIME ZONE" -> new Column(name, "timestamp_ltz", 0, 9, true);
      case "BLOB" -> new Column(name, "binary", 0, 0, true);
      case "JSON" -> new Column(name, "variant", 0, 0, true);
      default -> text(name);
    };
  }

  Column renamed(String other) {
    return new Column(other, type, precision, scale, nullable);
  }

  /** The entry in {@code rowtype}. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("name", name);
    json.addProperty("type", type);
    json.addProperty("nullable", nullable);
    boolean sized = type.equals("text") || type.equals("binary");
    boolean numeric = type.equals("fixed");
    boolean scaled = numeric || type.startsWith("time");
    json.add("length", JsonNull.INSTANCE);
    json.add("byteLength", JsonNull.INSTANCE);
    json.add("precision", JsonNull.INSTANCE);
    json.add("scale", JsonNull.INSTANCE);
    if (sized) {
      json.addProperty("length", type.equals("text") ? MAX_TEXT : MAX_TEXT / 2);
      json.addProperty("byteLength", type.equals("text") ? MAX_TEXT : MAX_TEXT / 2);
    }
    if (numeric) {
      json.addProperty("precision", precision);
    } else if (scaled) {
      json.addProperty("precision", 0);
    }
    if (scaled) {
      json.addProperty("scale", scale);
    }
    json.addProperty("database", "");
    json.addProperty("schema", "");
    json.addProperty("table", "");
    json.add("collation", JsonNull.INSTANCE);
    return json;
  }
}
