package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PoliciesIT {
  private static final String EMAILS =
      "select string_agg(email, ',' order by id) from demo.public.customers";
  private static SnowflakeEmulator emulator;

  @BeforeAll
  static void start() throws Exception {
    emulator = DemoData.start(0);
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @Test
  void rolesSeeTheirRowsAndMaskedColumns() throws SQLException {
    try (Connection alice = Driver.connect(emulator, "alice", "ANALYST_EU");
        Connection bob = Driver.connect(emulator, "bob", "ANALYST_US")) {
      String names = "select string_agg(name, ',' order by id) from demo.public.customers";
      assertThat(Driver.value(alice, names)).isEqualTo("Ada,Blaise");
      assertThat(Driver.value(bob, names)).isEqualTo("Grace,Donald");
      assertThat(Driver.value(alice, EMAILS)).isEqualTo("*****,*****");
      Driver.update(alice, "use demo.public");
      assertThat(Driver.value(alice, "select count(*) from customers")).isEqualTo("2");
    }
  }

  @Test
  void administratorSeesEverything() throws SQLException {
    Properties properties = emulator.driverProperties();
    properties.setProperty("user", "service");
    properties.setProperty("password", "service");
    try (Connection service = Driver.connect(emulator, properties)) {
      assertThat(Driver.value(service, EMAILS))
          .isEqualTo("ada@example.eu,blaise@example.eu,grace@example.com,donald@example.com");
      assertThat(
              Driver.value(
                  service, "select count(*) from demo.public.customers where region = 'US'"))
          .isEqualTo("2");
    }
  }

  @Test
  void protectedTableLooksLikeOneTable() throws SQLException {
    try (Connection alice = Driver.connect(emulator, "alice", "ANALYST_EU");
        var tables = alice.getMetaData().getTables("DEMO", "PUBLIC", "%", new String[] {"TABLE"})) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getString("TABLE_NAME")).isEqualTo("CUSTOMERS");
      assertThat(tables.next()).isFalse();
    }
  }

  @Test
  void tableBehindThePolicyIsOutOfReach() throws SQLException {
    try (Connection alice = Driver.connect(emulator, "alice", "ANALYST_EU")) {
      assertThatThrownBy(
              () -> Driver.value(alice, "select count(*) from demo.public.\"CUSTOMERS$BASE\""))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(
              () -> Driver.value(alice, "select count(*) from demo.public.customers$base"))
          .isInstanceOf(SQLException.class);
    }
  }
}
