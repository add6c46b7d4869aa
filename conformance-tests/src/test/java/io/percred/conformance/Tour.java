package io.percred.conformance;

import static io.percred.conformance.PostgresIT.ALICE;
import static io.percred.conformance.PostgresIT.BOB;
import static io.percred.conformance.PostgresIT.as;
import static io.percred.conformance.PostgresIT.ask;
import static io.percred.conformance.PostgresIT.assertFails;
import static io.percred.conformance.PostgresIT.assertRefused;
import static io.percred.conformance.PostgresIT.column;
import static io.percred.conformance.PostgresIT.insert;
import static io.percred.conformance.PostgresIT.who;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/**
 * A bit of everything on one connection, for tests that vary how the connection is made: callers
 * alternate in autocommit and in transactions, with failures and refusals in between.
 */
final class Tour {
  private Tour() {}

  /** Takes the tour; the connection is as usable afterwards as before. */
  static void take(Connection connection) throws Exception {
    connection.setAutoCommit(true);
    for (Credential caller : List.of(ALICE, BOB, ALICE)) {
      as(caller, () -> autocommit(connection, caller));
      as(caller, () -> assertFails("22012", () -> ask(connection, "select 1 / 0")));
      assertRefused(() -> ask(connection, "select current_user"));
    }
    connection.setAutoCommit(false);
    for (Credential caller : List.of(BOB, ALICE)) {
      as(caller, () -> transaction(connection, caller));
      connection.commit();
      assertRefused(() -> ask(connection, "select current_user"));
      connection.rollback();
    }
    connection.setAutoCommit(true);
  }

  private static void autocommit(Connection connection, Credential caller) throws Exception {
    assertThat(who(connection)).isEqualTo(caller.token());
    insert(connection, "tour");
    manyTimes(connection, caller);
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.execute("insert into entry (note) values ('tour');" + PostgresIT.WHO))
          .isFalse();
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(column(statement.getResultSet(), 1)).containsExactly(caller.token());
    }
    copy(connection);
    batch(connection);
    assertStamped(connection, caller);
  }

  private static void transaction(Connection connection, Credential caller) throws Exception {
    insert(connection, "tour");
    manyTimes(connection, caller);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery("select n, seen from seen_row")) {
        assertThat(column(rows, 2)).hasSize(1000).containsOnly(caller.token());
      }
    }
    copy(connection);
    batch(connection);
    assertStamped(connection, caller);
  }

  private static void manyTimes(Connection connection, Credential caller) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select current_setting('app.api_token', true), ?")) {
      for (int i = 0; i < 9; i++) {
        statement.setInt(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(column(rows, 1)).as("execution %d", i).containsExactly(caller.token());
        }
      }
    }
  }

  private static void copy(Connection connection) throws Exception {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy entry (note) from stdin", new StringReader("tour\n".repeat(20)));
  }

  private static void batch(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into entry (note) values (?)")) {
      for (int i = 0; i < 20; i++) {
        statement.setString(1, "tour");
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void assertStamped(Connection connection, Credential caller) throws SQLException {
    assertThat(PostgresIT.askAll(connection, "select distinct seen from entry"))
        .containsExactly(caller.token());
    PostgresIT.execute(connection, "delete from entry");
  }
}
