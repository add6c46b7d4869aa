package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many callers on few connections, thousands of times. */
class AlternatingCallersIT extends PostgresIT {
  private static final int ALTERNATIONS = 10_000;

  @Test
  void twoCallersAlternateOnOneConnection() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select current_setting('app.api_token', true), pg_backend_pid()")) {
      for (int i = 0; i < ALTERNATIONS; i++) {
        Credential caller = i % 2 == 0 ? ALICE : BOB;
        as(
            caller,
            () -> {
              try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo(caller.token());
                assertThat(rows.getString(2)).isEqualTo(backend);
              }
            });
      }
    }
  }

  @Test
  void threeCallersShareTwoPooledConnections() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url());
    config.setUsername("app");
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(2);
    List<Credential> callers = List.of(ALICE, BOB, Credential.of("token-of-carol", "carol"));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < 4; worker++) {
        int offset = worker;
        workers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 250; i++) {
                    request(pool, callers.get((i + offset) % callers.size()), i % 5);
                  }
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(
            database.value(
                "select count(*) from entry where seen is distinct from 'token-of-' || note"))
        .isEqualTo("0");
    assertThat(database.value("select count(distinct seen) from entry")).isEqualTo("3");
  }

  private static void request(HikariDataSource pool, Credential caller, int kind) throws Exception {
    try (Connection connection = pool.getConnection()) {
      if (kind == 0) {
        assertFails("28000", () -> who(connection));
      }
      as(
          caller,
          () -> {
            switch (kind) {
              case 0, 1 -> assertThat(who(connection)).isEqualTo(caller.token());
              case 2 -> insert(connection, caller.principal());
              case 3 -> assertFails("22012", () -> ask(connection, "select 1 / 0"));
              default -> {
                connection.setAutoCommit(false);
                insert(connection, caller.principal());
                assertThat(who(connection)).isEqualTo(caller.token());
                connection.commit();
              }
            }
          });
    }
  }
}
