package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.percred.DecoratedDataSource;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.rig.WireProxy;
import io.percred.spi.PercredEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pools of plain pgjdbc connections with percred around them. */
class ForeignPoolIT extends PostgresIT {
  static Stream<Arguments> poolsInBothModes() {
    return DecoratorIT.poolsInBothModes();
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void callerIsBoundFromCheckoutToClose(PoolKind kind, boolean autocommit) throws Exception {
    PoolKind.Pool pool = open(kind, autocommit);
    DataSource source = closing(PercredDataSource.wrap(pool.source()));
    List<String> backends = new ArrayList<>();
    for (int round = 0; round < 7; round++) {
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        backends.add(ask(connection, "select pg_backend_pid()"));
        insert(connection, "a");
        finish(connection);
        assertThat(who(connection)).isEqualTo(ALICE.token());
        finish(connection);
        assertThat(CompletableFuture.supplyAsync(() -> quietly(() -> who(connection))).join())
            .isEqualTo(ALICE.token());
        assertThat(as(BOB, () -> who(connection))).isEqualTo(ALICE.token());
      }
      try (Connection connection = as(BOB, () -> take(source, autocommit))) {
        assertThat(who(connection)).isEqualTo(BOB.token());
      }
      try (Connection connection = pool.source().getConnection()) {
        assertThat(who(connection)).isEmpty();
        finish(connection);
      }
    }
    assertThat(backends.stream().distinct()).hasSize(1);
    assertThat(stamps()).containsExactly(ALICE.token());
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void whatIsOpenIsRolledBackBeforeTheCallerIsTakenOut(PoolKind kind, boolean autocommit)
      throws Exception {
    PoolKind.Pool pool = open(kind, autocommit);
    DataSource source = closing(PercredDataSource.wrap(pool.source()));
    for (String last : new String[] {"select 1", "select 1/0", "savepoint s"}) {
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        if (autocommit) {
          execute(connection, "begin");
        }
        insert(connection, "abandoned");
        execute(connection, "set app.api_token = 'another'");
        assertThatCode(() -> execute(connection, last))
            .satisfies(failed -> assertThat(failed == null).isEqualTo(!last.endsWith("/0")));
      }
      try (Connection connection = pool.source().getConnection()) {
        assertThat(who(connection)).isEmpty();
        finish(connection);
      }
    }
    assertThat(entries()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void refusedAtCheckoutWithoutACredential(PoolKind kind, boolean autocommit) throws Exception {
    PoolKind.Pool pool = open(kind, autocommit);
    DataSource source = closing(PercredDataSource.wrap(pool.source()));
    List<String> backends = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertRefused(source::getConnection);
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        backends.add(ask(connection, "select pg_backend_pid()"));
      }
    }
    assertThat(backends.stream().distinct()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void connectionWhoseCallerCannotBeTakenOutIsDiscarded(PoolKind kind, boolean autocommit)
      throws Exception {
    PoolKind.Pool pool = open(kind, autocommit);
    DataSource source = closing(PercredDataSource.wrap(pool.source()));
    String before;
    try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
      before = ask(connection, "select pg_backend_pid()");
      database.asSuperuser(
          "revoke execute on function pg_catalog.set_config(text, text, boolean) from public");
    } finally {
      database.asSuperuser(
          "grant execute on function pg_catalog.set_config(text, text, boolean) to public");
    }
    try (Connection connection = pool.source().getConnection()) {
      assertThat(ask(connection, "select pg_backend_pid()")).isNotEqualTo(before);
      assertThat(who(connection)).isIn("", NULL);
    }
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("poolsInBothModes")
  void connectionThatIsLostIsDiscarded(PoolKind kind, boolean autocommit) throws Exception {
    try (WireProxy proxy = WireProxy.to(server)) {
      PoolKind.Pool pool = closing(kind.open(proxy.url(database.name()), autocommit));
      DataSource source = closing(PercredDataSource.wrap(pool.source()));
      try (Connection connection = as(ALICE, () -> take(source, autocommit))) {
        insert(connection, "kept or lost");
        proxy.cutNow();
      }
      try (Connection connection = as(BOB, () -> take(source, autocommit))) {
        assertThat(who(connection)).isEqualTo(BOB.token());
      }
    }
  }

  @Test
  void closingTwiceLeavesTheNextCallerAlone() throws Exception {
    PoolKind.Pool pool = open(PoolKind.HIKARICP, true);
    DataSource source = closing(PercredDataSource.wrap(pool.source()));
    Connection first = as(ALICE, () -> take(source, true));
    first.close();
    try (Connection next = as(BOB, () -> take(source, true))) {
      first.close();
      assertThat(who(next)).isEqualTo(BOB.token());
    }
  }

  @Test
  void settingAndPrefixAndPolicyAreTheDecorators() throws Exception {
    PoolKind.Pool pool = open(PoolKind.HIKARICP, true);
    List<PercredEvent> events = new CopyOnWriteArrayList<>();
    DecoratedDataSource source = closing(PercredDataSource.wrap(pool.source()));
    source.setSetting("app.other");
    source.setPrefix("Bearer");
    source.setOnMissing("shared");
    source.setPercredListener(events::add);

    try (Connection connection = as(ALICE, () -> take(source, true))) {
      assertThat(ask(connection, "select current_setting('app.other', true)"))
          .isEqualTo("Bearer " + ALICE.token());
      assertThat(who(connection)).isIn("", NULL);
    }
    try (Connection connection = take(source, true)) {
      assertThat(ask(connection, "select current_setting('app.other', true)")).isEmpty();
    }
    assertThat(events)
        .filteredOn(PercredEvent.Bound.class::isInstance)
        .extracting(event -> ((PercredEvent.Bound) event).principal())
        .containsExactly("alice", null);
  }

  @ParameterizedTest
  @CsvSource({
    "percred.guard,on,PERCRED-242",
    "percred.mode,claims,PERCRED-242",
    "percred.residue,keep,PERCRED-242",
    "percred.on-change,keep,PERCRED-242",
    "percred.delivery,bind,PERCRED-242",
    "percred.setting,nodot,PERCRED-002",
    "percred.seting,app.x,PERCRED-001",
    "user,app,PERCRED-001",
    "percred.supplier,nowhere,PERCRED-004",
  })
  void whatCannotBeKeptIsRefused(String property, String value, String code) throws Exception {
    PoolKind.Pool pool = open(PoolKind.HIKARICP, true);
    DataSource source = closing(PercredDataSource.wrap(pool.source()).with(property, value));

    for (int i = 0; i < 2; i++) {
      SQLException refused = failure(() -> as(ALICE, () -> take(source, true)));
      assertThat(Percred.codeOf(refused)).as(refused.getMessage()).isEqualTo(code);
      assertThat(refused.getSQLState()).isEqualTo("22023");
    }
  }

  @Test
  void tokenDoesNotGoIntoTheTextOfAStatement() throws Exception {
    PoolKind.Pool pool =
        closing(
            PoolKind.HIKARICP.open(server.url(database.name()) + "?preferQueryMode=simple", true));
    DataSource source = closing(PercredDataSource.wrap(pool.source()));

    SQLException refused = failure(() -> as(ALICE, () -> take(source, true)));
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-241");
  }

  @Test
  void openTransactionIsNobodysAndRefused() throws Exception {
    Connection plain = connectPlainly();
    execute(plain, "begin");
    DataSource source = closing(PercredDataSource.wrap(new OneConnection(plain)));

    SQLException refused = failure(() -> as(ALICE, () -> take(source, true)));
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-243");
  }

  @Test
  void sessionBehindAPoolerIsRefusedAndNothingSet() throws Exception {
    Connection plain = closing(OtherProcess.connect(server.url(database.name()), appLogin()));
    DataSource source = closing(PercredDataSource.wrap(new OneConnection(plain)));

    SQLException refused = failure(() -> as(ALICE, () -> take(source, true)));
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-244");
  }

  private PoolKind.Pool open(PoolKind kind, boolean autocommit) throws Exception {
    return closing(kind.open(server.url(database.name()), autocommit));
  }

  private static Connection take(DataSource source, boolean autocommit) throws SQLException {
    Connection connection = source.getConnection();
    connection.setAutoCommit(autocommit);
    return connection;
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  private static String quietly(Work<String> work) {
    try {
      return work.run();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
