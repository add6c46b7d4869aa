package io.percred.snowflake.emulator;

import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Map;

/**
 * What a statement gave.
 *
 * @param binds the number of bind variables in it
 * @param changed session parameters that it changed
 */
record Result(
    StatementKind kind,
    List<Column> columns,
    Rowset rowset,
    int binds,
    Map<String, JsonPrimitive> changed) {

  static Result rows(StatementKind kind, List<Column> columns, Rowset rowset) {
    return new Result(kind, columns, rowset, 0, Map.of());
  }

  /** One row with one text, as DDL and the like answer. */
  static Result status(StatementKind kind, String message) {
    return rows(kind, List.of(Column.text("status")), RowsetWriter.of(List.of(List.of(message))));
  }

  Result withBinds(int count) {
    return new Result(kind, columns, rowset, count, changed);
  }

  Result withChanged(Map<String, JsonPrimitive> parameters) {
    return new Result(kind, columns, rowset, binds, parameters);
  }
}
