package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MetadataIT {
  private static SnowflakeEmulator emulator;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    emulator = SnowflakeEmulator.builder().start();
    connection = Driver.connect(emulator, "alice", "ANALYST");
    Driver.update(connection, "use demo.public");
    Driver.update(
        connection,
        "create table orders(id number(10) primary key, customer varchar not null default 'none', placed timestamp_ntz, total number(12,2))");
    Driver.update(connection, "create view big_orders as select * from orders where total > 100");
  }

  @AfterAll
  static void stop() throws SQLException {
    connection.close();
    emulator.close();
  }

  @Test
  void catalogsAndSchemasAreListed() throws SQLException {
    assertThat(column(connection.getMetaData().getCatalogs(), "TABLE_CAT"))
        .containsExactlyInAnyOrder("DEMO", "SNOWFLAKE_SAMPLE_DATA");
    assertThat(column(connection.getMetaData().getSchemas("DEMO", "%"), "TABLE_SCHEM"))
        .containsExactly("PUBLIC");
  }

  @Test
  void tablesAndViewsAreListed() throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    assertThat(column(metadata.getTables("DEMO", "PUBLIC", "%", null), "TABLE_NAME"))
        .containsExactlyInAnyOrder("ORDERS", "BIG_ORDERS");
    assertThat(
            column(
                metadata.getTables("DEMO", "PUBLIC", "ORD%", new String[] {"TABLE"}), "TABLE_NAME"))
        .containsExactly("ORDERS");
    assertThat(
            column(metadata.getTables("DEMO", "PUBLIC", "%", new String[] {"VIEW"}), "TABLE_NAME"))
        .containsExactly("BIG_ORDERS");
    assertThat(column(metadata.getTables("DEMO", "NOSUCH", "%", null), "TABLE_NAME")).isEmpty();
  }

  @Test
  void columnsHaveTheirTypes() throws SQLException {
    try (ResultSet columns = connection.getMetaData().getColumns("DEMO", "PUBLIC", "ORDERS", "%")) {
      List<String> names = new ArrayList<>();
      List<Integer> types = new ArrayList<>();
      List<String> nullable = new ArrayList<>();
      while (columns.next()) {
        names.add(columns.getString("COLUMN_NAME"));
        types.add(columns.getInt("DATA_TYPE"));
        nullable.add(columns.getString("IS_NULLABLE"));
      }
      assertThat(names).containsExactly("ID", "CUSTOMER", "PLACED", "TOTAL");
      assertThat(types)
          .containsExactly(Types.BIGINT, Types.VARCHAR, Types.TIMESTAMP, Types.DECIMAL);
      assertThat(nullable).containsExactly("NO", "NO", "YES", "YES");
    }
  }

  @Test
  void primaryKeysAreListedAndForeignKeysAreNone() throws SQLException {
    DatabaseMetaData metadata = connection.getMetaData();
    assertThat(column(metadata.getPrimaryKeys("DEMO", "PUBLIC", "ORDERS"), "COLUMN_NAME"))
        .containsExactly("ID");
    assertThat(column(metadata.getImportedKeys("DEMO", "PUBLIC", "ORDERS"), "FKCOLUMN_NAME"))
        .isEmpty();
    assertThat(column(metadata.getExportedKeys("DEMO", "PUBLIC", "ORDERS"), "FKCOLUMN_NAME"))
        .isEmpty();
  }

  @Test
  void functionsAndProceduresAreNone() throws SQLException {
    assertThat(
            column(connection.getMetaData().getProcedures("DEMO", "PUBLIC", "%"), "PROCEDURE_NAME"))
        .isEmpty();
    assertThat(
            column(connection.getMetaData().getFunctions("DEMO", "PUBLIC", "%"), "FUNCTION_NAME"))
        .isEmpty();
  }

  @Test
  void showAndDescribeAreReadablePlainly() throws SQLException {
    assertThat(column(connection.createStatement().executeQuery("show tables"), "name"))
        .containsExactly("ORDERS");
    assertThat(
            column(
                connection.createStatement().executeQuery("show terse schemas in database demo"),
                "name"))
        .containsExactly("PUBLIC");
    assertThat(
            column(
                connection.createStatement().executeQuery("show views like 'big%' in account"),
                "name"))
        .containsExactly("BIG_ORDERS");
    assertThat(column(connection.createStatement().executeQuery("describe table orders"), "name"))
        .containsExactly("ID", "CUSTOMER", "PLACED", "TOTAL");
  }

  private static List<String> column(ResultSet rows, String name) throws SQLException {
    try (rows) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(name));
      }
      return values;
    }
  }
}
