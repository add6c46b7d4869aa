package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prepared statements: the driver's, the application's and percred's own, and what drops them. */
class PrepareThresholdIT extends PostgresIT {
  private static final String QUERY = "select current_setting('app.api_token', true), ?::int";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prepareThreshold=0",
        "prepareThreshold=1",
        "prepareThreshold=5",
        "prepareThreshold=-1",
        "stringtype=unspecified",
        "binaryTransfer=false",
        "preparedStatementCacheQueries=0",
        "flushCacheOnDdl=false",
        "autosave=always"
      })
  void tourIsTheSame(String parameter) throws Exception {
    Connection connection = connect(parameter);
    Tour.take(connection);
    Tour.take(connection);
  }

  @ParameterizedTest
  @CsvSource({"0,extended", "1,extended", "5,extended", "-1,extended", "5,simple"})
  void statementSurvivesTheCallerChangingUnderIt(int threshold, String mode) throws Exception {
    Connection connection = connect("prepareThreshold=" + threshold, "preferQueryMode=" + mode);
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < 24; i++) {
        var caller = i / 3 % 2 == 0 ? ALICE : BOB;
        as(caller, () -> assertSeen(statement, caller.token()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "deallocate all,1",
    "discard all,1",
    "discard plans,1",
    "DEALLOCATE PREPARE ALL,1",
    "deallocate all,5",
    "discard all,5",
    "discard all,0",
    "create temporary table if not exists scratch (n int),1"
  })
  void statementsAreMadeAnewAfterTheyWereDropped(String drop, int threshold) throws Exception {
    Connection connection = connect("prepareThreshold=" + threshold);
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < 12; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        as(caller, () -> assertSeen(statement, caller.token()));
        if (i % 3 == 2) {
          as(caller, () -> execute(connection, drop));
        }
        as(caller, () -> assertSeen(statement, caller.token()));
      }
    }
  }

  @Test
  void statementsMayBeDroppedByNobody() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (String drop : new String[] {"deallocate all", "discard all", "discard plans"}) {
        as(ALICE, () -> assertSeen(statement, ALICE.token()));
        execute(connection, drop);
        as(BOB, () -> assertSeen(statement, BOB.token()));
      }
    }
  }

  @Test
  void percredsStatementMayBeDroppedWhereNobodyCanSeeIt() throws Exception {
    Connection connection = connect("preferQueryMode=simple");

    as(ALICE, () -> execute(connection, "do $$ begin execute 'deallocate all'; end $$"));
    // The first transaction that finds its statement gone may fail; it must not run unbound.
    as(BOB, () -> assertBoundOrFailed(connection, BOB.token()));
    as(BOB, () -> assertThat(who(connection)).isEqualTo(BOB.token()));
    as(ALICE, () -> assertThat(who(connection)).isEqualTo(ALICE.token()));
  }

  @Test
  void statementsDroppedInsideATransaction() throws Exception {
    Connection connection = connectForTransactions("prepareThreshold=1");
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (var caller : new io.percred.spi.Credential[] {ALICE, BOB, ALICE}) {
        as(
            caller,
            () -> {
              assertSeen(statement, caller.token());
              execute(connection, "deallocate all");
              assertSeen(statement, caller.token());
              connection.commit();
            });
      }
    }
  }

  @Test
  void statementsPreparedInSqlRunAsWhoeverExecutesThem() throws Exception {
    Connection connection = connect();
    as(ALICE, () -> execute(connection, "prepare mine as " + WHO));
    as(ALICE, () -> assertThat(ask(connection, "execute mine")).isEqualTo(ALICE.token()));
    as(
        BOB,
        () -> {
          execute(connection, "deallocate all");
          execute(connection, "prepare mine as " + WHO);
          assertThat(ask(connection, "execute mine")).isEqualTo(BOB.token());
        });
  }

  @Test
  void searchPathMayChange() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < 6; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        connection.setSchema(i % 3 == 0 ? "public" : "pg_temp");
        as(
            caller,
            () -> {
              assertSeen(statement, caller.token());
              execute(connection, "set search_path = public");
              assertSeen(statement, caller.token());
            });
      }
    }
  }

  private static void assertSeen(PreparedStatement statement, String token) throws SQLException {
    statement.setInt(1, 1);
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(column(rows, 1)).containsExactly(token);
    }
  }

  private static void assertBoundOrFailed(Connection connection, String token) {
    try {
      assertThat(who(connection)).isEqualTo(token);
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("26000");
    }
  }
}
