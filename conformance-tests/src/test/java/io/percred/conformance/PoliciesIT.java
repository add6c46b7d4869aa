package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choices: {@code on-missing}, {@code on-change}, prefix, name of the setting, size limits. */
class PoliciesIT extends PostgresIT {
  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void sharedRunsAsTheLoginWithEverythingEmpty(boolean autocommit) throws Exception {
    Connection connection = connect("percred.on-missing=shared");
    connection.setAutoCommit(autocommit);

    as(ALICE, () -> assertThat(who(connection)).isEqualTo(ALICE.token()));
    finish(connection);
    assertThat(who(connection)).isEmpty();
    insert(connection, "shared");
    finish(connection);
    as(
        ALICE,
        () -> {
          ask(connection, "select set_config('app.api_token', 'left behind', false)");
          finish(connection);
        });
    assertThat(who(connection)).isEmpty();
    finish(connection);
    as(BOB, () -> assertThat(who(connection)).isEqualTo(BOB.token()));
    finish(connection);

    assertThat(entries()).containsExactly("shared:");
  }

  @Test
  void serviceScopeActsWithTheServicesToken() throws Exception {
    Connection connection = connectWithService("reject");

    asService(() -> insert(connection, "service"));
    as(ALICE, () -> insert(connection, "alice"));
    assertRefused(() -> insert(connection, "nobody"));
    as(ALICE, () -> asService(() -> insert(connection, "service within alice")));

    assertThat(entries())
        .containsExactly(
            "service:token-of-service",
            "alice:token-of-alice",
            "service within alice:token-of-service");
  }

  @Test
  void onMissingServiceActsWithTheServicesToken() throws Exception {
    Connection connection = connectWithService("service");

    insert(connection, "nobody");
    as(ALICE, () -> insert(connection, "alice"));

    assertThat(entries()).containsExactly("nobody:token-of-service", "alice:token-of-alice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vacuum entry",
        "create index concurrently if not exists entry_note on entry (note)",
        "call add_and_commit('migrated')"
      })
  void serviceMayRunWhatCannotBeBound(String sql) throws Exception {
    try (Connection connection =
        DriverManager.getConnection(url(), serviceLogin("reject", "postgres", ""))) {
      asService(() -> execute(connection, sql));
      asService(() -> assertThat(who(connection)).isEqualTo("token-of-service"));
      as(BOB, () -> assertThat(who(connection)).isEqualTo(BOB.token()));
    }
    assertThat(stamps()).doesNotContain(ALICE.token(), BOB.token(), "token-of-service");
  }

  @Test
  void serviceScopeWithoutAServiceIsRefused() throws Exception {
    Connection connection = connect();

    asService(() -> assertFails("28000", () -> who(connection)));

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void changeOfCallerInATransactionIsRefused() throws Exception {
    Connection connection = connectForTransactions();
    String backend = backend(connection);
    connection.commit();

    as(ALICE, () -> insert(connection, "hers"));
    as(
        BOB,
        () -> {
          SQLException refused = failure(() -> insert(connection, "his"));
          assertThat(refused.getSQLState()).isEqualTo("28000");
          assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-201");
        });
    as(ALICE, () -> assertFails("25P02", () -> who(connection)));
    connection.rollback();

    assertThat(entries()).isEmpty();
    as(BOB, () -> assertThat(who(connection)).isEqualTo(BOB.token()));
    connection.commit();
    assertThat(backend(connection)).isEqualTo(backend);
  }

  @Test
  void changeOfCallerMayBeIgnored() throws Exception {
    Connection connection = connectForTransactions("percred.on-change=keep");

    as(ALICE, () -> insert(connection, "hers"));
    as(BOB, () -> insert(connection, "still hers"));
    as(BOB, () -> assertThat(who(connection)).isEqualTo(ALICE.token()));
    connection.commit();
    as(BOB, () -> insert(connection, "his"));
    connection.commit();

    assertThat(entries())
        .containsExactly("hers:token-of-alice", "still hers:token-of-alice", "his:token-of-bob");
  }

  @Test
  void newTokenOfTheSamePrincipalIsAChange() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "old token"));
    as(
        Credential.of("newer-token-of-alice", "alice"),
        () -> assertFails("28000", () -> insert(connection, "new token")));
    connection.rollback();

    assertThat(entries()).isEmpty();
  }

  @Test
  void prefixStandsInFrontOfTheToken() throws Exception {
    for (String prefix : new String[] {"Bearer", "%20Bearer%20"}) {
      Connection connection = connect("percred.prefix=" + prefix);
      assertThat(as(ALICE, () -> who(connection))).isEqualTo("Bearer token-of-alice");
    }
  }

  @Test
  void settingMayHaveAnotherName() throws Exception {
    Connection connection =
        closing(
            DriverManager.getConnection(
                "jdbc:percred:"
                    + server.url(database.name()).substring("jdbc:".length())
                    + "?percred.setting=my_app.request.token",
                appLogin()));
    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "select current_setting('my_app.request.token', true)"))
              .isEqualTo(ALICE.token());
          assertThat(ask(connection, "select current_setting('app.api_token', true)"))
              .isEqualTo(NULL);
        });
  }

  @Test
  void tokenBeyondTheLimitIsRefused() throws Exception {
    Connection connection = connect();
    String largest = "x".repeat(16_384);

    assertThat(as(Credential.of(largest, "large"), () -> who(connection))).isEqualTo(largest);
    as(
        Credential.of(largest + "x", "too large"),
        () -> {
          SQLException refused = failure(() -> who(connection));
          assertThat(refused.getSQLState()).isEqualTo("28000");
          assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-103");
          assertThat(refused.getMessage()).doesNotContain("xxxx");
        });
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void limitMayBeRaised() throws Exception {
    Connection connection = connect("percred.token.max-size=200000");
    String large = "x".repeat(200_000);

    assertThat(as(Credential.of(large, "large"), () -> who(connection))).isEqualTo(large);
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void tokenThatPostgresCannotHoldIsRefused() throws Exception {
    Connection connection = connect();

    as(
        Credential.of("with\0nul", "nul"),
        () -> {
          SQLException refused = failure(() -> who(connection));
          assertThat(refused.getSQLState()).isEqualTo("28000");
          assertThat(refused.getMessage()).doesNotContain("with");
        });

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void expiredCredentialIsRefused() throws Exception {
    Connection connection = connect();

    as(
        ALICE.withExpiry(java.time.Instant.EPOCH),
        () -> assertFails("28000", () -> who(connection)));

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void callerOfAnotherThreadIsNotThisThreads() throws Exception {
    Connection connection = connect();
    as(ALICE, () -> CompletableFuture.runAsync(() -> assertRefused(() -> who(connection))).join());
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  private Connection connectWithService(String onMissing) throws SQLException {
    return closing(
        DriverManager.getConnection(
            url(), serviceLogin(onMissing, "app", appLogin().getProperty("password"))));
  }

  private static Properties serviceLogin(String onMissing, String user, String password) {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("percred.on-missing", onMissing);
    properties.setProperty("percred.service.supplier", "property:service_token");
    properties.setProperty("service_token", "token-of-service");
    return properties;
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }
}
