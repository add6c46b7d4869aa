package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver's ways to send a query: {@code preferQueryMode}. */
class QueryModesIT extends PostgresIT {
  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
  void tourIsTheSame(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    Tour.take(connection);
    Tour.take(connection);
  }

  private static final String TRANSACTIONS =
      "begin; insert into entry (note) values ('one'); commit;"
          + " insert into entry (note) values ('two');"
          + " begin; insert into entry (note) values ('three')";

  @ParameterizedTest
  @ValueSource(strings = {"extended", "extendedCacheEverything"})
  void severalTransactionsInOneText(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    as(
        ALICE,
        () -> {
          execute(connection, TRANSACTIONS);
          insert(connection, "four");
          execute(connection, "commit; insert into entry (note) values ('five')");
        });
    assertThat(entries())
        .containsExactly(
            "one:token-of-alice",
            "two:token-of-alice",
            "three:token-of-alice",
            "four:token-of-alice",
            "five:token-of-alice");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extendedForPrepared"})
  void textThatCannotBeBoundInTheMiddleIsRefused(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    String backend = backend(connection);

    // pgjdbc cuts texts at semicolons, unless it is told that they are one statement.
    as(
        ALICE,
        () -> {
          try {
            executeWhole(connection, TRANSACTIONS);
          } catch (SQLException refused) {
            assertThat(refused.getSQLState()).isEqualTo("25000");
          }
        });

    assertThat(stamps()).isSubsetOf(ALICE.token());
    execute(connection, "rollback");
    assertThat(backend(connection)).isEqualTo(backend);
  }

  private static void executeWhole(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extendedForPrepared"})
  void transactionInOneText(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);

    as(
        ALICE,
        () ->
            execute(
                connection,
                "begin; insert into entry (note) values ('one');"
                    + " insert into entry (note) values ('two'); commit"));

    assertThat(entries()).containsExactly("one:token-of-alice", "two:token-of-alice");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
  void failureInTheMiddleOfAText(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    as(
        ALICE,
        () -> {
          assertFails(
              "22012",
              () ->
                  execute(
                      connection,
                      "insert into entry (note) values ('x'); select 1 / 0; select 'never'"));
          assertFails("42601", () -> execute(connection, "select 'x'; selec; select 'y'"));
        });
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    assertThat(stamps()).isSubsetOf(ALICE.token());
  }
}
