package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.percred.DecoratedDataSource;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.rig.WireProxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;

/** Pools of percred's own connections with percred around them. */
class DecoratorIT extends PostgresIT {
  static Stream<Arguments> poolsInBothModes() {
    return Stream.of(PoolKind.values())
        .flatMap(kind -> Stream.of(Arguments.of(kind, true), Arguments.of(kind, false)));
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void connectionStaysThatOfWhoTookIt(PoolKind kind, boolean autocommit) throws Exception {
    DataSource source = decorated(kind, autocommit);
    List<String> backends = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        backends.add(ask(connection, "select pg_backend_pid()"));
        assertThat(who(connection)).isEqualTo(ALICE.token());
        assertThat(elsewhere(() -> who(connection))).isEqualTo(ALICE.token());
        assertThat(elsewhere(() -> as(BOB, () -> who(connection)))).isEqualTo(ALICE.token());
      }
      try (Connection connection = as(BOB, () -> take(source, autocommit))) {
        assertThat(who(connection)).isEqualTo(BOB.token());
      }
      try (Connection connection = take(source, autocommit)) {
        assertRefused(() -> who(connection));
        rollBack(connection);
        assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
      }
    }
    assertThat(backends.stream().distinct()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void whatIsOpenIsRolledBack(PoolKind kind, boolean autocommit) throws Exception {
    DataSource source = decorated(kind, autocommit);
    for (String last : new String[] {"select 1", "select 1/0", "begin; select 1"}) {
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        if (autocommit) {
          execute(connection, "begin");
        }
        insert(connection, "abandoned");
        assertThatCode(() -> execute(connection, last))
            .satisfies(failed -> assertThat(failed == null).isEqualTo(!last.endsWith("/0")));
      }
      try (Connection connection = as(BOB, () -> take(source, autocommit))) {
        assertThat(who(connection)).isEqualTo(BOB.token());
        assertThat(connection.unwrap(PGConnection.class)).isNotNull();
      }
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void whatTheCallerLeftIsGoneBeforeAnybodyComes(PoolKind kind, boolean autocommit)
      throws Exception {
    DataSource source = decorated(kind, autocommit);
    String backend;
    try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
      backend = ask(connection, "select pg_backend_pid()");
      execute(connection, "create temporary table left_behind (n int)");
      execute(connection, "set statement_timeout = '1h'");
      execute(connection, "listen left_behind");
      execute(connection, "select pg_advisory_lock(4711)");
      if (!autocommit) {
        connection.commit();
      }
    }
    assertThat(
            database.column(
                "select locktype from pg_locks where locktype = 'advisory' and pid = " + backend))
        .isEmpty();
    assertThat(database.column("select relname from pg_class where relname = 'left_behind'"))
        .isEmpty();
    // Alice herself, for whom nothing is cleared when she comes again.
    try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
      assertThat(ask(connection, "select pg_backend_pid()")).isEqualTo(backend);
      assertThat(ask(connection, "select current_setting('statement_timeout')")).isEqualTo("0");
      assertThat(askAll(connection, "select pg_listening_channels()")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(PoolKind.class)
  void closingTwiceLeavesTheNextCallerAlone(PoolKind kind) throws Exception {
    DataSource source = decorated(kind, false);
    Connection first = as(ALICE, () -> take(source, false));
    assertThat(who(first)).isEqualTo(ALICE.token());
    first.close();
    try (Connection next = as(BOB, () -> take(source, false))) {
      insert(next, "kept");
      first.close();
      first.abort(Runnable::run);
      assertThat(who(next)).isEqualTo(BOB.token());
      next.commit();
    }
    assertThat(entries()).containsExactly("kept:token-of-bob");
    assertThat(first.isClosed()).isTrue();
    assertThat(first.isValid(1)).isFalse();
    SQLException closed = failure(first::createStatement);
    assertThat(closed.getSQLState()).isEqualTo("08003");
    assertThat(Percred.codeOf(closed)).isEqualTo("PERCRED-017");
    SQLException unchanged = failure(() -> first.setClientInfo("ApplicationName", "late"));
    assertThat((Throwable) unchanged).isInstanceOf(SQLClientInfoException.class);
    assertThat(Percred.codeOf(unchanged)).isEqualTo("PERCRED-017");
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void connectionThatIsLostIsDiscarded(PoolKind kind, boolean autocommit) throws Exception {
    try (WireProxy proxy = WireProxy.to(server)) {
      PoolKind.Pool pool = closing(kind.open(percredUrl(proxy.url(database.name())), autocommit));
      DataSource source = closing(PercredDataSource.wrap(pool.source()));
      String before;
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        if (autocommit) {
          execute(connection, "begin");
        }
        insert(connection, "lost");
        before = ask(connection, "select pg_backend_pid()");
        proxy.cutNow();
      }
      try (Connection connection = as(BOB, () -> take(source, autocommit))) {
        assertThat(who(connection)).isEqualTo(BOB.token());
        assertThat(ask(connection, "select pg_backend_pid()")).isNotEqualTo(before);
      }
    }
    assertThat(entries()).isEmpty();
  }

  /** Without c3p0, which gives the place of an aborted connection to nobody, percred or not. */
  @ParameterizedTest
  @EnumSource(value = PoolKind.class, mode = EnumSource.Mode.EXCLUDE, names = "C3P0")
  void abortedConnectionIsReplaced(PoolKind kind) throws Exception {
    DataSource source = decorated(kind, true);
    String before;
    try (Connection connection = as(ALICE, () -> take(source, true))) {
      before = ask(connection, "select pg_backend_pid()");
      connection.abort(Runnable::run);
      assertThat(connection.isClosed()).isTrue();
    }
    try (Connection connection = as(BOB, () -> take(source, true))) {
      assertThat(ask(connection, "select pg_backend_pid()")).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(PoolKind.class)
  void statementsAndMetadataLeadBackToTheConnection(PoolKind kind) throws Exception {
    DataSource source = decorated(kind, true);
    try (Connection connection = as(ALICE, () -> take(source, true));
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement(WHO);
        Statement callable = connection.prepareCall("{call add_entry(?)}")) {
      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(prepared.getConnection()).isSameAs(connection);
      assertThat(callable.getConnection()).isSameAs(connection);
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
      assertThat(Set.of(connection)).contains(connection);
      assertThat(connection).isNotEqualTo(connection.unwrap(PGConnection.class));
      assertThat(connection.toString()).startsWith("percred over ");
      try (ResultSet rows = prepared.executeQuery()) {
        assertThat(column(rows, 1)).containsExactly(ALICE.token());
      }
    }
  }

  @Test
  void whatIsGivenToTheDecoratorWouldNotCount() throws Exception {
    PoolKind.Pool pool = closing(PoolKind.HIKARICP.open(url(), true));
    DecoratedDataSource source =
        closing(PercredDataSource.wrap(pool.source()).with("percred.setting", "app.other"));

    for (int i = 0; i < 3; i++) {
      SQLException refused = failure(source::getConnection);
      assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-016");
      assertThat(refused.getMessage()).contains("percred.setting");
    }
  }

  @Test
  void poolThatClosesTheConnectionItselfIsNotDisturbed() throws Exception {
    DataSource source = decorated(PoolKind.HIKARICP, false);
    Connection first = as(ALICE, () -> take(source, false));
    try (Statement statement = first.createStatement();
        ResultSet rows = statement.executeQuery("select 1")) {
      // Rows are the pool's own, and so is what they lead to.
      rows.getStatement().getConnection().close();
    }
    try (Connection next = as(BOB, () -> take(source, false))) {
      insert(next, "kept");
      first.close();
      assertThat(who(next)).isEqualTo(BOB.token());
      next.commit();
    }
    assertThat(entries()).containsExactly("kept:token-of-bob");
  }

  private DataSource decorated(PoolKind kind, boolean autocommit) throws Exception {
    return closing(PercredDataSource.wrap(closing(kind.open(url(), autocommit)).source()));
  }

  private static Connection take(DataSource source, boolean autocommit) throws SQLException {
    Connection connection = source.getConnection();
    connection.setAutoCommit(autocommit);
    return connection;
  }

  private static void rollBack(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  /** What another thread, on behalf of nobody, comes to. */
  private static String elsewhere(Work<String> work) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return work.run();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            })
        .join();
  }
}
