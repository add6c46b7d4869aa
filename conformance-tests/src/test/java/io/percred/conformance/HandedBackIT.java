package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.Percred;
import io.percred.postgres.PostgresAdapter;
import io.percred.rig.WireProxy;
import io.percred.spi.HeldConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions between callers: what a pool set stays in force, and what a decorator releases is clean.
 */
class HandedBackIT extends SessionStateIT {
  private static final String SETTINGS =
      "select current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') || ' '"
          + " || current_setting('search_path') || ' ' || current_setting('timezone')";

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void whatThePoolSetStaysInForce(boolean autocommit) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername("app");
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autocommit);
    config.setSchema("other");
    config.setConnectionInitSql("set statement_timeout = '31s'; set lock_timeout = '7s' -- init");
    try (HikariDataSource pool = new HikariDataSource(config)) {
      try (Connection connection = pool.getConnection()) {
        execute(connection, "set time zone 'Europe/Paris'");
        finish(connection);
      }
      for (int i = 0; i < 6; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        try (Connection connection = pool.getConnection()) {
          as(
              caller,
              () -> {
                assertThat(ask(connection, SETTINGS)).isEqualTo("31s 7s other Europe/Paris");
                execute(connection, "set statement_timeout = '1h'");
                execute(connection, "set search_path = pg_catalog");
                execute(connection, "set time zone 'Asia/Tokyo'");
                finish(connection);
                assertThat(ask(connection, SETTINGS)).isEqualTo("1h 7s pg_catalog Asia/Tokyo");
              });
          finish(connection);
        }
      }
    }
  }

  @BothDeliveries
  void releasedSessionIsCleanThoughNobodyComesNext(String delivery) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect(delivery);
      HeldConnection held = held(connection);
      String backend = backend(connection);
      connection.setAutoCommit(autocommit);
      as(
          ALICE,
          () -> {
            held.pin();
            leaveEverything(connection);
          });
      held.release();

      assertThat(connection.getAutoCommit()).isEqualTo(autocommit);
      assertThat(
              database.column(
                  "select locktype from pg_locks where locktype = 'advisory' and pid = " + backend))
          .isEmpty();
      assertThat(database.column("select relname from pg_class where relname = 'scratch'"))
          .isEmpty();
      // Alice herself, to whom nothing would be cleared if she had not released it.
      assertThat(as(ALICE, () -> found(connection))).isEmpty();
      finish(connection);
      assertThat(as(BOB, () -> found(connection))).isEmpty();
    }
  }

  @Test
  void releaseOfAnUnusedSessionCostsNoTurn() throws Exception {
    try (WireProxy proxy = WireProxy.to(server);
        Connection connection =
            DriverManager.getConnection(percredUrl(proxy.url(database.name())), appLogin())) {
      HeldConnection held = held(connection);
      int before = proxy.turns();
      held.pin();
      held.release();
      assertThat(proxy.turns()).isEqualTo(before);

      as(ALICE, () -> who(connection));
      before = proxy.turns();
      held.release();
      assertThat(proxy.turns()).isEqualTo(before + 1);
      held.release();
      assertThat(proxy.turns()).isEqualTo(before + 1);
    }
  }

  @Test
  void releaseThatCannotClearClosesTheConnection() throws Exception {
    database.asSuperuser(
        """
        create or replace function take_a_name() returns void language plpgsql as
          $$ begin execute 'prepare mine as select 1'; end $$
        """);
    Connection connection = connect();
    HeldConnection held = held(connection);
    as(ALICE, () -> execute(connection, "select take_a_name()"));

    SQLException ended = failure(held::release);

    assertThat(Percred.codeOf(ended)).isEqualTo("PERCRED-220");
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void connectionOfAnotherDriverIsNotHeld() throws Exception {
    assertThat(new PostgresAdapter().held(connectPlainly())).isNull();
  }

  private static HeldConnection held(Connection connection) throws SQLException {
    HeldConnection held = new PostgresAdapter().held(connection);
    if (held == null) {
      throw new AssertionError("percred's filter was not found");
    }
    return held;
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }
}
