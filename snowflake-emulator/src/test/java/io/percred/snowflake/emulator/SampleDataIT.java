package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SampleDataIT {
  private static SnowflakeEmulator emulator;
  private static Connection connection;

  @BeforeAll
  static void start() throws Exception {
    emulator = SnowflakeEmulator.builder().sampleDataScale(0.01).start();
    connection = Driver.connect(emulator, "alice", "ANALYST");
  }

  @AfterAll
  static void stop() throws SQLException {
    connection.close();
    emulator.close();
  }

  @Test
  void tablesHaveTheRowsOfTheirScale() throws SQLException {
    Driver.update(connection, "use schema snowflake_sample_data.tpch_sf1");
    assertThat(Driver.value(connection, "select count(*) from lineitem")).isEqualTo("60175");
    assertThat(Driver.value(connection, "select count(*) from orders")).isEqualTo("15000");
    assertThat(Driver.value(connection, "select count(*) from customer")).isEqualTo("1500");
    assertThat(Driver.value(connection, "select count(*) from part")).isEqualTo("2000");
    assertThat(Driver.value(connection, "select count(*) from partsupp")).isEqualTo("8000");
    assertThat(Driver.value(connection, "select count(*) from supplier")).isEqualTo("100");
    assertThat(Driver.value(connection, "select count(*) from nation")).isEqualTo("25");
    assertThat(Driver.value(connection, "select r_name from region order by 1 limit 1"))
        .isEqualTo("AFRICA");
  }

  @Test
  void pricingSummaryReportRuns() throws SQLException {
    String query =
        """
        select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty,
          sum(l_extendedprice * (1 - l_discount)) as sum_disc_price, count(*) as count_order
        from snowflake_sample_data.tpch_sf1.lineitem
        where l_shipdate <= dateadd(day, -90, to_date('1998-12-01'))
        group by l_returnflag, l_linestatus order by l_returnflag, l_linestatus
        """;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString("L_RETURNFLAG")).isEqualTo("A");
      assertThat(rows.getBigDecimal("SUM_QTY")).isEqualByComparingTo("380456");
      int groups = 1;
      while (rows.next()) {
        groups++;
      }
      assertThat(groups).isEqualTo(4);
    }
  }

  @Test
  void dateColumnsAreDates() throws SQLException {
    assertThat(
            Driver.value(
                connection, "select min(o_orderdate) from snowflake_sample_data.tpch_sf1.orders"))
        .isEqualTo("1992-01-01");
  }
}
