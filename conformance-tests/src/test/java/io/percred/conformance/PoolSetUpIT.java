package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.conformance.PoolKind.Pool;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a pool gives a new connection stays with the connection, on whichever thread it was opened;
 * what a caller sets, and be it first thing, goes with the caller.
 */
class PoolSetUpIT extends PostgresIT {
  private static final String INIT =
      "/* pool */ set /* x */ search_path = other; set statement_timeout = '31s';"
          + " set app.region = 'eu'; set random_page_cost = 1.5";
  private static final String STATE =
      "select current_setting('search_path') || ' ' || current_setting('statement_timeout')"
          + " || ' ' || current_setting('app.region', true) || ' '"
          + " || current_setting('random_page_cost') || ' ' || (select count(*) from t)";
  private static final String POOLS = "other 31s eu 1.5 1";

  @BeforeEach
  void prepareSchemas() throws SQLException {
    database.asSuperuser(
        """
        create schema if not exists other;
        create schema if not exists evil;
        grant usage on schema other, evil to public;
        create table if not exists public.t (n int);
        create table if not exists other.t (n int unique);
        create table if not exists evil.t (n int);
        truncate other.t;
        insert into other.t values (1);
        grant all on public.t, other.t, evil.t to public;
        """);
  }

  static Stream<Arguments> pools() {
    return Stream.of(LazyPool.values())
        .flatMap(pool -> Stream.of(Arguments.of(pool, true), Arguments.of(pool, false)));
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("pools")
  void whatAPoolSetsOnTheFirstCallersThreadIsTheConnections(LazyPool kind, boolean autocommit)
      throws Exception {
    try (Pool pool = kind.open(url(), autocommit, INIT)) {
      for (Credential caller : new Credential[] {ALICE, BOB, ALICE}) {
        as(caller, () -> assertSetUp(kind, pool.source(), caller));
      }
    }
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("pools")
  void theSameThroughTheDecorator(LazyPool kind, boolean autocommit) throws Exception {
    try (Pool pool = kind.open(url(), autocommit, INIT)) {
      DataSource source = PercredDataSource.wrap(pool.source());
      for (Credential caller : new Credential[] {ALICE, BOB, ALICE}) {
        as(caller, () -> assertSetUp(kind, source, caller));
      }
    }
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("pools")
  void whatTheFirstCallerSetsFirstThingIsNotLeftToTheNext(LazyPool kind, boolean autocommit)
      throws Exception {
    for (String query : new String[] {"set search_path = evil", "set app.region = 'evil'"}) {
      for (String mode : new String[] {"extended", "simple"}) {
        try (Pool pool = kind.open(url("preferQueryMode=" + mode), autocommit, INIT)) {
          as(
              ALICE,
              () -> {
                try (Connection connection = pool.source().getConnection()) {
                  execute(connection, query);
                  assertThat(ask(connection, STATE)).contains("evil");
                  finish(connection);
                }
              });
          as(BOB, () -> assertSetUp(kind, pool.source(), BOB));
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @MethodSource("pools")
  void schemaThatADataSourceAroundThePoolSetsForItsCallerIsTheCallers(
      LazyPool kind, boolean autocommit) throws Exception {
    try (Pool pool = kind.open(url(), autocommit, INIT)) {
      DataSource outermost = asItIs(forTenant(pool.source(), "evil"));
      as(
          ALICE,
          () -> {
            try (Connection connection = outermost.getConnection()) {
              assertThat(ask(connection, STATE)).startsWith("evil 31s");
              finish(connection);
            }
          });
      as(BOB, () -> assertSetUp(kind, pool.source(), BOB));
    }
  }

  @Test
  void whereNothingTellsItIsTheCallers() throws Exception {
    as(
        ALICE,
        () -> {
          Connection connection = closing(DriverManager.getConnection(url(), appLogin()));
          execute(connection, "set search_path = evil");
          assertThat(ask(connection, "select current_setting('search_path')")).isEqualTo("evil");
          as(
              BOB,
              () ->
                  assertThat(ask(connection, "select current_setting('search_path')"))
                      .isEqualTo("\"$user\", public"));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "always", "conservative"})
  void sessionHasWhatWasCommittedThoughAStatementBehindASavepointFailed(String autosave)
      throws Exception {
    for (boolean lazily : new boolean[] {true, false}) {
      try (HikariDataSource pool = hikari("autosave=" + autosave)) {
        if (!lazily) {
          pool.getConnection().close();
        }
        as(
            ALICE,
            () -> {
              try (Connection connection = pool.getConnection()) {
                Savepoint savepoint = connection.setSavepoint();
                assertFails("23505", () -> execute(connection, "insert into other.t values (1)"));
                connection.rollback(savepoint);
                connection.commit();
              }
            });
        as(
            BOB,
            () -> {
              try (Connection connection = pool.getConnection()) {
                assertThat(ask(connection, "select count(*) from t")).isEqualTo("1");
                assertThat(who(connection)).isEqualTo(BOB.token());
                connection.commit();
              }
            });
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"never", "always", "conservative"})
  void rollbackTakesThePoolsSchemaWithItAsItDoesWithoutPercred(String autosave) throws Exception {
    try (HikariDataSource plain = hikariAt(server.url(database.name()) + "?autosave=" + autosave);
        Connection connection = plain.getConnection()) {
      connection.rollback();
      assertThat(ask(connection, "show search_path")).isEqualTo("\"$user\", public");
    }
    try (HikariDataSource pool = hikari("autosave=" + autosave)) {
      as(
          ALICE,
          () -> {
            try (Connection connection = pool.getConnection()) {
              assertThat(ask(connection, "select count(*) from t")).isEqualTo("1");
              connection.rollback();
            }
          });
      as(
          BOB,
          () -> {
            try (Connection connection = pool.getConnection()) {
              assertThat(ask(connection, "show search_path")).isEqualTo("\"$user\", public");
              connection.commit();
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set random_page_cost = 1.1",
        "set app.region = 'eu'",
        "set session app.region to 'eu'",
        "reset random_page_cost",
        "set enable_seqscan = off; set \"app\".zone = 'a'"
      })
  void harmlessSettingsPassWithNobodyCalling(String sql) throws Exception {
    for (LazyPool kind : LazyPool.values()) {
      try (Pool pool = kind.open(url(), true, sql);
          Connection connection = pool.source().getConnection()) {
        assertThat(connection.isValid(5)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "load 'auto_explain' -> LOAD",
        "set role app_rw -> SET role",
        "SET SESSION AUTHORIZATION 'app_rw' -> SET session authorization",
        "set app.api_token = 's3cret' -> SET app.api_token",
        "set auto_explain.log_min_duration = 's3cret' -> SET auto_explain.log_min_duration",
        "set session_replication_role = 's3cret' -> SET session_replication_role",
        "select set_config('app.region', 's3cret', false) -> SELECT",
        "set random_page_cost = 1; create temp table s3cret (n int) -> CREATE"
      })
  void errorOfASetUpNamesStatementAndWayRound(String sqlAndWords) {
    String sql = sqlAndWords.substring(0, sqlAndWords.indexOf(" -> "));
    String words = sqlAndWords.substring(sqlAndWords.indexOf(" -> ") + 4);
    for (LazyPool kind : new LazyPool[] {LazyPool.HIKARICP, LazyPool.DBCP2, LazyPool.AGROAL}) {
      assertThatThrownBy(
              () -> {
                try (Pool pool = kind.open(url(), true, sql)) {
                  pool.source().getConnection().close();
                }
              })
          .as("%s", kind)
          .hasStackTraceContaining("PERCRED-101")
          .hasStackTraceContaining("\"" + words + "\"")
          .hasStackTraceContaining("docs/guides/pools.md")
          .satisfies(failure -> assertThat(failure.toString()).doesNotContain("s3cret", "app_rw"));
    }
  }

  @Test
  void settingsOfASetUpAreTheCallersOnceTheConnectionIsHandedOver() throws Exception {
    try (Pool pool = LazyPool.HIKARICP.open(url(), true, INIT);
        Connection connection = pool.source().getConnection()) {
      assertRefused(() -> execute(connection, "set app.region = 'evil'"));
      assertRefused(() -> execute(connection, "set random_page_cost = 7"));
    }
  }

  private static void assertSetUp(LazyPool kind, DataSource source, Credential caller)
      throws Exception {
    try (Connection connection = source.getConnection()) {
      assertThat(ask(connection, STATE)).isEqualTo(POOLS);
      if (kind.setsIsolation()) {
        assertThat(ask(connection, "show default_transaction_isolation"))
            .isEqualTo("repeatable read");
      }
      assertThat(who(connection)).isEqualTo(caller.token());
      finish(connection);
    }
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  private HikariDataSource hikari(String parameter) {
    return hikariAt(url(parameter));
  }

  private static HikariDataSource hikariAt(String url) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setUsername(PostgresServer.APP.user());
    pool.setPassword(PostgresServer.APP.password());
    pool.setMaximumPoolSize(1);
    pool.setAutoCommit(false);
    pool.setSchema("other");
    return pool;
  }

  /** What applications put around a pool: every connection has its caller's schema. */
  private static DataSource forTenant(DataSource pool, String schema) {
    return around(
        () -> {
          Connection connection = pool.getConnection();
          connection.setSchema(schema);
          return connection;
        });
  }

  /** What frameworks put around that. */
  private static DataSource asItIs(DataSource source) {
    return around(source::getConnection);
  }

  private static DataSource around(Work<Connection> opening) {
    return (DataSource)
        Proxy.newProxyInstance(
            PoolSetUpIT.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> opening.run());
  }
}
