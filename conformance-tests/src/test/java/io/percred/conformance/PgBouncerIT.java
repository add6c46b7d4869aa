package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.postgres.PostgresProperty.Delivery;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import io.percred.spi.PropertyType;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four callers on twenty connections to PgBouncer, which has two to the server and gives each
 * transaction whichever is free.
 */
class PgBouncerIT extends ClaimsCallers {
  private static final int CONNECTIONS = 20;
  private static final int ROUNDS = 60;

  private PgBouncer bouncer;

  @BeforeEach
  void startBouncer() throws Exception {
    assumeTrue(PgBouncer.isInstalled(), "PgBouncer is not installed; .ci/run does that");
    bouncer = PgBouncer.to(server, PublicApi.AUTHENTICATOR, PostgresServer.APP);
  }

  @AfterEach
  void stopBouncer() throws Exception {
    if (bouncer != null) {
      bouncer.close();
    }
  }

  /**
   * Whom the database saw, and where.
   *
   * @param seen the caller
   * @param backend the server process
   */
  private record Answer(String seen, String backend) {}

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void noRowIsForeignInModeClaims(Delivery delivery) throws Exception {
    List<Credential> callers = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (String role : List.of("web_red", "web_blue")) {
      for (String subject : List.of("first", "second")) {
        callers.add(token("{\"sub\":\"" + subject + "\",\"role\":\"" + role + "\"}"));
        expected.add(role + " " + subject + " " + role.substring(4));
      }
    }
    Properties properties = properties("percred.pre-request", "public.note_visit");
    run(
        delivery,
        properties,
        callers,
        expected,
        "select concat_ws(' ', current_user, current_setting('request.jwt.claims')::json ->> 'sub',"
            + " string_agg(distinct colour, '+')), pg_backend_pid() from paint");
    assertThat(database.column("select distinct who from visit order by 1"))
        .containsExactly("web_blue", "web_red");
  }

  @ParameterizedTest
  @EnumSource(Delivery.class)
  void noRowIsForeignInModeSetting(Delivery delivery) throws Exception {
    List<Credential> callers =
        List.of(ALICE, BOB, Credential.of("token-of-carol"), Credential.of("token-of-dave"));
    Properties properties = appLogin();
    properties.setProperty("percred.setting", "app.api_token");
    run(
        delivery,
        properties,
        callers,
        List.of(
            "token-of-alice token-of-alice",
            "token-of-bob token-of-bob",
            "token-of-carol",
            "token-of-dave"),
        "select concat_ws(' ', current_setting('app.api_token'), string_agg(distinct owner, '+')),"
            + " pg_backend_pid() from contact");
  }

  private void run(
      Delivery delivery,
      Properties properties,
      List<Credential> callers,
      List<String> expected,
      String query)
      throws Exception {
    properties.setProperty("percred.delivery", PropertyType.Choice.wordOf(delivery));
    properties.setProperty("prepareThreshold", "0");
    Set<String> backends = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<Integer>> working = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int offset = i;
        working.add(
            threads.submit(
                () -> {
                  Connection connection =
                      DriverManager.getConnection(
                          claimsUrl(bouncer.url(database.name())), properties);
                  try (connection) {
                    for (int round = 0; round < ROUNDS; round++) {
                      int who = (offset + round) % callers.size();
                      Answer answer = as(callers.get(who), () -> round(connection, query));
                      if (!answer.seen().equals(expected.get(who))) {
                        throw new AssertionError(
                            expected.get(who) + " was taken for " + answer.seen());
                      }
                      backends.add(answer.backend());
                    }
                  }
                  return ROUNDS;
                }));
      }
      int rounds = 0;
      for (Future<Integer> each : working) {
        rounds += each.get();
      }
      assertThat(rounds).isEqualTo(CONNECTIONS * ROUNDS);
      assertThat(backends).hasSize(PgBouncer.SERVER_CONNECTIONS);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Autocommit and a transaction of two statements, turn and turn about. */
  private static Answer round(Connection connection, String query) throws SQLException {
    connection.setAutoCommit(!connection.getAutoCommit());
    Answer first = read(connection, query);
    if (!connection.getAutoCommit()) {
      Answer second = read(connection, query);
      connection.commit();
      if (!first.equals(second)) {
        throw new AssertionError(first + " and " + second + " in one transaction");
      }
    }
    return first;
  }

  private static Answer read(Connection connection, String query) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new Answer(row.getString(1), row.getString(2));
    }
  }
}
