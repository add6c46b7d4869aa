package io.percred.snowflake.emulator;

import io.trino.tpch.TpchColumn;
import io.trino.tpch.TpchEntity;
import io.trino.tpch.TpchTable;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Generates TPC-H tables into a schema, with the types they have at Snowflake. */
final class TpchTables {
  private static final Map<TpchTable<?>, String> NAMES =
      Map.of(
          TpchTable.CUSTOMER, "CUSTOMER",
          TpchTable.ORDERS, "ORDERS",
          TpchTable.LINE_ITEM, "LINEITEM",
          TpchTable.PART, "PART",
          TpchTable.PART_SUPPLIER, "PARTSUPP",
          TpchTable.SUPPLIER, "SUPPLIER",
          TpchTable.NATION, "NATION",
          TpchTable.REGION, "REGION");

  private TpchTables() {}

  static void load(Engine engine, String database, String schema, double scale)
      throws SQLException {
    try (DuckDBConnection connection = engine.connect()) {
      for (Map.Entry<TpchTable<?>, String> table : NAMES.entrySet()) {
        engine.run(
            "CREATE TABLE %s.%s.%s (%s)"
                .formatted(database, schema, table.getValue(), columns(table.getKey())));
        try (DuckDBAppender appender =
            connection.createAppender(database, schema, table.getValue())) {
          fill(appender, table.getKey(), scale);
        }
      }
    }
  }

  private static String columns(TpchTable<?> table) {
    return table.getColumns().stream()
        .map(column -> Identity.upper(column.getColumnName()) + " " + type(column) + " NOT NULL")
        .collect(Collectors.joining(", "));
  }

  private static String type(TpchColumn<?> column) {
    return switch (column.getType().getBase()) {
      case IDENTIFIER, INTEGER -> "DECIMAL(38, 0)";
      case DOUBLE -> "DECIMAL(12, 2)";
      case DATE -> "DATE";
      case VARCHAR -> "VARCHAR";
    };
  }

  private static <E extends TpchEntity> void fill(
      DuckDBAppender appender, TpchTable<E> table, double scale) throws SQLException {
    List<TpchColumn<E>> columns = table.getColumns();
    for (E row : table.createGenerator(scale, 1, 1)) {
      appender.beginRow();
      for (TpchColumn<E> column : columns) {
        append(appender, column, row);
      }
      appender.endRow();
    }
  }

  private static <E extends TpchEntity> void append(
      DuckDBAppender appender, TpchColumn<E> column, E row) throws SQLException {
    switch (column.getType().getBase()) {
      case IDENTIFIER -> appender.append(BigDecimal.valueOf(column.getIdentifier(row)));
      case INTEGER -> appender.append(BigDecimal.valueOf(column.getInteger(row)));
      case DOUBLE ->
          appender.append(BigDecimal.valueOf(Math.round(column.getDouble(row) * 100), 2));
      case DATE -> appender.appendEpochDays(column.getDate(row));
      case VARCHAR -> appender.append(column.getString(row));
    }
  }
}
