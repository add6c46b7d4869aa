package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.PercredDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/** Whoever keeps something of a connection beyond its close() does not act as the next caller. */
class KeptConnectionIT extends PostgresIT {
  static java.util.stream.Stream<Arguments> poolsInBothModes() {
    return DecoratorIT.poolsInBothModes();
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void driversOwnConnectionIsRefusedToWhoKeptIt(PoolKind kind, boolean autocommit)
      throws Exception {
    DataSource source = decorated(kind, autocommit, "extended");
    Connection raw =
        as(
            ALICE,
            () -> {
              try (Connection connection = source.getConnection()) {
                return (Connection) connection.unwrap(PGConnection.class);
              }
            });

    try (Connection connection = as(BOB, () -> source.getConnection())) {
      as(
          ALICE,
          () -> {
            assertKept(() -> who(raw));
            assertKept(() -> execute(raw, "insert into entry (note) values ('kept')"));
            assertKept(() -> execute(raw, "set search_path = other"));
            assertKept(() -> execute(raw, "begin"));
            assertKept(() -> execute(raw, "listen gossip"));
          });
      assertThat(who(connection)).isEqualTo(BOB.token());
      assertThat(ask(connection, "show search_path")).isNotEqualTo("other");
      assertThat(as(ALICE, () -> who(connection))).as("handed over").isEqualTo(BOB.token());
      finish(connection);
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"extended,true", "extended,false", "simple,true", "simple,false"})
  void openTransactionOfTheNextOneIsNotContinued(String mode, boolean autocommit) throws Exception {
    DataSource source = decorated(PoolKind.HIKARICP, autocommit, mode);
    Connection raw =
        as(
            ALICE,
            () -> {
              try (Connection connection = source.getConnection()) {
                return (Connection) connection.unwrap(PGConnection.class);
              }
            });
    try (Connection connection = as(BOB, () -> source.getConnection())) {
      connection.setAutoCommit(false);
      insert(connection, "bob's");
      as(ALICE, () -> assertKept(() -> insert(raw, "alice's")));
      assertFails("25P02", () -> who(connection));
      connection.rollback();
      assertThat(who(connection)).isEqualTo(BOB.token());
      connection.rollback();
      connection.setAutoCommit(autocommit);
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void statementsRowsAndLargeObjectsEndWithTheirConnection(PoolKind kind, boolean autocommit)
      throws Exception {
    DataSource source = decorated(kind, autocommit, "extended");
    List<AutoCloseable> kept = new java.util.ArrayList<>();
    as(
        ALICE,
        () -> {
          try (Connection connection = source.getConnection()) {
            kept.add(connection.prepareStatement(WHO));
            Connection raw = (Connection) connection.unwrap(PGConnection.class);
            kept.add(raw.prepareStatement(WHO));
            connection.setAutoCommit(false);
            LargeObjectManager objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            LargeObject object = objects.open(objects.createLO());
            kept.add(object);
            Statement statement = raw.createStatement();
            statement.setFetchSize(1);
            ResultSet rows = statement.executeQuery("select generate_series(1, 10)");
            assertThat(rows.next()).isTrue();
            kept.add(rows);
            connection.rollback();
            connection.setAutoCommit(autocommit);
          }
        });
    try (Connection connection = as(BOB, () -> source.getConnection())) {
      as(
          ALICE,
          () -> {
            SQLException ended = failure(() -> ((PreparedStatement) kept.get(0)).executeQuery());
            assertThat(ended.getSQLState()).isEqualTo("08003");
            assertKept(() -> ((PreparedStatement) kept.get(1)).executeQuery());
            failure(() -> ((LargeObject) kept.get(2)).write(new byte[] {1}));
            failure(() -> drain((ResultSet) kept.get(3)));
          });
      assertThat(who(connection)).isEqualTo(BOB.token());
      finish(connection);
    }
  }

  private static void drain(ResultSet rows) throws SQLException {
    while (rows.next()) {
      assertThat(rows.getInt(1)).as("a row that was fetched before").isLessThan(3);
    }
  }

  private DataSource decorated(PoolKind kind, boolean autocommit, String mode) throws Exception {
    PoolKind.Pool pool = closing(kind.open(url("preferQueryMode=" + mode), autocommit));
    return closing(PercredDataSource.wrap(pool.source()));
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  private static void assertKept(ThrowingCallable work) {
    SQLException refused = failure(work);
    assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("28000");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-222");
  }
}
