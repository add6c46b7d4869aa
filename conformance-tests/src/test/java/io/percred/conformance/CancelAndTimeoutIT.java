package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements that are cut short, and whatever comes after them. */
class CancelAndTimeoutIT extends PostgresIT {
  private static final String LONG = "select pg_sleep(60), current_setting('app.api_token', true)";

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void queryTimeoutEndsTheStatementOnly(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    String backend = backend(connection);
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertFails("57014", () -> statement.executeQuery(LONG));
          }
        });
    if (!autocommit) {
      connection.rollback();
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    if (!autocommit) {
      connection.rollback();
    }
    assertThat(backend(connection)).isEqualTo(backend);
  }

  @Test
  void statementIsCancelledFromAnotherThread() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<SQLException> failure =
          CompletableFuture.supplyAsync(
              () -> failure(() -> as(ALICE, () -> statement.executeQuery(LONG).close())));
      while (!"1"
          .equals(
              database.value(
                  "select count(*) from pg_stat_activity where state = 'active' and wait_event ="
                      + " 'PgSleep' and pid = "
                      + backend))) {
        Thread.onSpinWait();
      }
      statement.cancel();
      assertThat(failure.join().getSQLState()).isEqualTo("57014");
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void statementTimeoutOfTheServer() throws Exception {
    Connection connection = connect();
    execute(connection, "set statement_timeout = '100ms'");

    as(ALICE, () -> assertFails("57014", () -> ask(connection, LONG)));
    as(
        BOB,
        () ->
            assertFails(
                "57014", () -> execute(connection, "do 'begin perform pg_sleep(60); end'")));
    execute(connection, "reset statement_timeout");

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void cancelsAtAnyMomentNeverCostAStatementItsCaller() throws Exception {
    // A cancel that hits the clearing of a session ends the connection, and with it this test.
    Connection connection = connect("percred.residue=keep");
    CountDownLatch done = new CountDownLatch(1);
    var threads = Executors.newSingleThreadExecutor();
    try (Statement victim = connection.createStatement()) {
      // Cancel requests of the server's own, so that they come at any moment of the conversation.
      String backend = backend(connection);
      var canceller =
          threads.submit(
              () -> {
                while (done.getCount() > 0) {
                  database.asSuperuser("select pg_cancel_backend(" + backend + ")");
                }
                return null;
              });
      for (int i = 0; i < 400; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        String sql =
            i % 4 < 2
                ? "insert into entry (note) values ('" + caller.principal() + "') returning seen"
                : "create temporary table if not exists scratch (n int);"
                    + " insert into entry (note) values ('"
                    + caller.principal()
                    + "')";
        as(caller, () -> runUnlessCancelled(victim, sql));
      }
      done.countDown();
      canceller.get();
    } finally {
      done.countDown();
      threads.shutdownNow();
    }
    assertThat(
            database.value(
                "select count(*) from entry where seen is distinct from 'token-of-' || note"))
        .isEqualTo("0");
    for (int i = 0; i < 3; i++) {
      // A cancel may still be under way.
      as(BOB, () -> runUnlessCancelled(connection.createStatement(), WHO));
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void cancelsInsideTransactionsNeverCostAStatementItsCaller() throws Exception {
    Connection connection = connectForTransactions("autosave=conservative", "percred.residue=keep");
    String backend = backend(connection);
    connection.commit();
    CountDownLatch done = new CountDownLatch(1);
    var threads = Executors.newSingleThreadExecutor();
    try {
      var canceller =
          threads.submit(
              () -> {
                while (done.getCount() > 0) {
                  database.asSuperuser("select pg_cancel_backend(" + backend + ")");
                }
                return null;
              });
      for (int i = 0; i < 200; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        as(
            caller,
            () -> {
              try {
                insert(connection, caller.principal());
                insert(connection, caller.principal());
                connection.commit();
              } catch (SQLException e) {
                assertThat(e.getSQLState()).isIn("57014", "25P02");
                rollbackUntilDone(connection);
              }
            });
      }
      done.countDown();
      canceller.get();
    } finally {
      done.countDown();
      threads.shutdownNow();
    }
    assertThat(
            database.value(
                "select count(*) from entry where seen is distinct from 'token-of-' || note"))
        .isEqualTo("0");
  }

  @Test
  void networkTimeoutClosesTheConnection() throws Exception {
    Connection connection = connect();
    connection.setNetworkTimeout(Runnable::run, 300);

    as(ALICE, () -> assertFails("08006", () -> ask(connection, LONG)));

    assertThat(connection.isClosed()).isTrue();
    database.asSuperuser(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where datname = current_database() and wait_event = 'PgSleep'");
  }

  private static void runUnlessCancelled(Statement statement, String sql) throws SQLException {
    try {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          assertThat(rows.next()).isTrue();
        }
      }
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("57014");
    }
  }

  private static void rollbackUntilDone(Connection connection) throws SQLException {
    SQLException last = null;
    for (int i = 0; i < 10; i++) {
      try {
        connection.rollback();
        return;
      } catch (SQLException e) {
        last = e;
      }
    }
    throw new SQLException("Rolling back ten times did not help", last);
  }
}
