package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionStateIT {
  private static SnowflakeEmulator emulator;
  private Connection alice;
  private Connection bob;

  @BeforeAll
  static void start() throws Exception {
    emulator = SnowflakeEmulator.builder().database("demo").database("sales").start();
    emulator.run("create schema SALES.EU");
    emulator.run("create table SALES.EU.T as select 'eu' as A");
    emulator.run("create table DEMO.PUBLIC.ACCOUNTS(ID DECIMAL(38, 0), AMOUNT DECIMAL(10, 2))");
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @BeforeEach
  void connect() throws SQLException {
    alice = Driver.connect(emulator, "alice", "ANALYST");
    bob = Driver.connect(emulator, "bob", "AUDITOR");
    Driver.update(alice, "use demo.public");
    Driver.update(bob, "use schema demo.public");
    Driver.update(alice, "delete from accounts");
  }

  @AfterEach
  void disconnect() throws SQLException {
    alice.close();
    bob.close();
  }

  @Test
  void eachSessionSeesItsOwnIdentity() throws SQLException {
    for (int i = 0; i < 3; i++) {
      assertThat(Driver.value(alice, "select current_user()")).isEqualTo("ALICE");
      assertThat(Driver.value(bob, "select current_user()")).isEqualTo("BOB");
      assertThat(Driver.value(bob, "select current_role")).isEqualTo("AUDITOR");
    }
    assertThat(Driver.value(alice, "select current_session()"))
        .isNotEqualTo(Driver.value(bob, "select current_session()"));
  }

  @Test
  void loginChoosesWarehouseDatabaseAndSchemaWithoutRegardToCase() throws SQLException {
    Properties properties =
        emulator.driverProperties(emulator.tokens().token("alice", "ANALYST", Duration.ofHours(1)));
    properties.setProperty("warehouse", "wh");
    properties.setProperty("db", "sales");
    properties.setProperty("schema", "eu");
    try (Connection connection = Driver.connect(emulator, properties)) {
      assertThat(connection.getCatalog()).isEqualTo("SALES");
      assertThat(connection.getSchema()).isEqualTo("EU");
      assertThat(Driver.value(connection, "select a from t")).isEqualTo("eu");
      assertThat(Driver.value(connection, "select current_warehouse()")).isEqualTo("WH");
    }
  }

  @Test
  void sessionWithoutDatabaseHasNone() throws SQLException {
    try (Connection connection = Driver.connect(emulator, "alice", "ANALYST")) {
      assertThat(connection.getCatalog()).isNull();
      assertThat(Driver.value(connection, "select current_database()")).isNull();
      assertThat(Driver.value(connection, "select a from sales.eu.t")).isEqualTo("eu");
    }
  }

  @Test
  void useChangesWhatTheDriverKnowsAndWhatSqlSees() throws SQLException {
    Driver.update(alice, "use schema sales.eu");
    assertThat(alice.getCatalog()).isEqualTo("SALES");
    assertThat(alice.getSchema()).isEqualTo("EU");
    assertThat(Driver.value(alice, "select a from t")).isEqualTo("eu");
    assertThat(Driver.value(alice, "select current_user()")).isEqualTo("ALICE");
    Driver.update(alice, "use warehouse small");
    assertThat(Driver.value(alice, "select current_warehouse()")).isEqualTo("SMALL");
    alice.setCatalog("DEMO");
    assertThat(Driver.value(alice, "select current_schema()")).isEqualTo("PUBLIC");
    Driver.update(alice, "use secondary roles none");
  }

  @Test
  void roleOutsideTheTokenCannotBeTaken() throws SQLException {
    assertThatThrownBy(() -> Driver.update(alice, "use role auditor"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    assertThat(Driver.value(alice, "select current_role()")).isEqualTo("ANALYST");
  }

  @Test
  void parametersVariablesAndTemporaryTablesStayInTheirSession() throws SQLException {
    Driver.update(alice, "alter session set query_tag = 'nightly', timezone = 'Europe/Berlin'");
    Driver.update(alice, "set region = 'EU'");
    Driver.update(alice, "create temporary table mine as select 1 as a");
    assertThat(Driver.value(alice, "select $region")).isEqualTo("EU");
    assertThat(parameter(alice, "QUERY_TAG")).isEqualTo("nightly");
    assertThat(parameter(bob, "QUERY_TAG")).isEmpty();
    assertThat(Driver.value(bob, "select $region")).isNull();
    assertThat(Driver.value(alice, "select a from mine")).isEqualTo("1");
    assertThatThrownBy(() -> Driver.value(bob, "select a from mine"))
        .isInstanceOf(SQLException.class);
    assertThat(emulator.accessLog().queriesOf("ALICE"))
        .extracting(AccessLog.Query::tag)
        .contains("nightly");
    Driver.update(alice, "unset region");
    Driver.update(alice, "alter session unset query_tag");
    assertThat(Driver.value(alice, "select $region")).isNull();
    assertThat(parameter(alice, "QUERY_TAG")).isEmpty();
  }

  @Test
  void transactionIsSeenByOthersOnceCommitted() throws SQLException {
    alice.setAutoCommit(false);
    assertThat(alice.getAutoCommit()).isFalse();
    Driver.update(alice, "insert into accounts values (1, 10)");
    assertThat(Driver.value(alice, "select count(*) from accounts")).isEqualTo("1");
    assertThat(Driver.value(bob, "select count(*) from accounts")).isEqualTo("0");
    alice.rollback();
    assertThat(Driver.value(alice, "select count(*) from accounts")).isEqualTo("0");
    Driver.update(alice, "insert into accounts values (2, 20)");
    alice.commit();
    assertThat(Driver.value(bob, "select count(*) from accounts")).isEqualTo("1");
    alice.setAutoCommit(true);
    Driver.update(alice, "insert into accounts values (3, 30)");
    assertThat(Driver.value(bob, "select count(*) from accounts")).isEqualTo("2");
  }

  @Test
  void transactionOfTextWorksInAutocommit() throws SQLException {
    Driver.update(alice, "begin");
    Driver.update(alice, "insert into accounts values (1, 10)");
    Driver.update(alice, "rollback");
    Driver.update(alice, "begin transaction");
    Driver.update(alice, "insert into accounts values (2, 10)");
    Driver.update(alice, "commit");
    assertThat(Driver.value(bob, "select sum(id) from accounts")).isEqualTo("2");
  }

  @Test
  void ddlCommitsWhatIsOpen() throws SQLException {
    Driver.update(alice, "begin");
    Driver.update(alice, "insert into accounts values (1, 10)");
    Driver.update(alice, "create or replace table other(a number)");
    Driver.update(alice, "rollback");
    assertThat(Driver.value(bob, "select count(*) from accounts")).isEqualTo("1");
  }

  @Test
  void closingRollsBackWhatIsOpen() throws SQLException {
    try (Connection connection = Driver.connect(emulator, "carol", "ANALYST")) {
      connection.setAutoCommit(false);
      Driver.update(connection, "insert into demo.public.accounts values (1, 10)");
    }
    assertThat(Driver.value(bob, "select count(*) from accounts")).isEqualTo("0");
  }

  @Test
  void databasesAndSchemasCanBeMadeAndDropped() throws SQLException {
    Driver.update(alice, "create database scratch");
    assertThat(Driver.value(alice, "select current_database()")).isEqualTo("SCRATCH");
    Driver.update(alice, "create schema scratch.work");
    Driver.update(
        alice, "create table scratch.work.t(id number(10), made timestamp_tz(9), doc variant)");
    Driver.update(alice, "use demo.public");
    Driver.update(alice, "drop table scratch.work.t");
    Driver.update(alice, "drop database scratch");
    assertThatThrownBy(() -> Driver.update(alice, "use database scratch"))
        .isInstanceOf(SQLException.class);
  }

  private static String parameter(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show parameters like '" + name + "' in session")) {
      assertThat(row.next()).isTrue();
      return row.getString("value");
    }
  }
}
