package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.NetworkTurnsIT.Job;
import io.percred.rig.WireProxy;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.Request;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Network turns with everything there is to bind: claims, the settings of a role, three settings of
 * the application's and a pre-request function. None is added.
 */
class ClaimsTurnsIT extends ClaimsCallers {
  private WireProxy proxy;

  @BeforeEach
  void startProxy() throws Exception {
    proxy = WireProxy.to(server);
  }

  @AfterEach
  void stopProxy() throws Exception {
    proxy.close();
  }

  static Stream<Named<Job>> jobs() {
    return NetworkTurnsIT.jobs();
  }

  static Stream<Named<Job>> jobsOfOneWrite() {
    return NetworkTurnsIT.jobsOfOneWrite();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void noneIsAdded(Job job) throws Exception {
    assertNoneIsAdded(job, "extended");
  }

  @ParameterizedTest
  @MethodSource("jobsOfOneWrite")
  void noneIsAddedToSimpleQueries(Job job) throws Exception {
    assertNoneIsAdded(job, "simple");
  }

  private void assertNoneIsAdded(Job job, String mode) throws Exception {
    List<Integer> alone = alone(mode, job);
    assertThat(withPercred(mode, List.of("web_red"), job)).as("one role").isEqualTo(alone);
    assertThat(withPercred(mode, List.of("web_red", "web_blue"), job))
        .as("alternating roles")
        .isEqualTo(alone);
  }

  @Test
  void everythingWasBoundAndTheFunctionRanOnceInATransaction() throws Exception {
    try (Connection connection = open("extended")) {
      connection.setAutoCommit(false);
      Caller caller = new Caller(withRole("web_red"), Map.of("tenant", "7"), null);
      as(
          caller,
          () -> {
            String bound =
                "select concat_ws(' ', current_user, current_setting('statement_timeout'),"
                    + " current_setting('app.subject'), current_setting('app.tenant'),"
                    + " current_setting('app.principal'))";
            for (int i = 0; i < 3; i++) {
              assertThat(ask(connection, bound)).isEqualTo("web_red 31s somebody 7 somebody - -");
            }
            connection.commit();
          });
    }
    assertThat(database.column("select who from visit")).containsExactly("web_red");
  }

  private List<Integer> alone(String mode, Job job) throws Exception {
    try (Connection connection =
        DriverManager.getConnection(
            proxy.url(database.name()) + "?preferQueryMode=" + mode, appLogin())) {
      List<Integer> turns = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        turns.add(turnsOf(job, connection));
      }
      return turns;
    }
  }

  private List<Integer> withPercred(String mode, List<String> roles, Job job) throws Exception {
    List<Integer> turns = new ArrayList<>();
    try (Connection connection = open(mode)) {
      for (int i = 0; i < 3; i++) {
        Credential credential = withRole(roles.get(i % roles.size()));
        Request request = new Request("GET", "/", Map.of("a", "b"), Map.of("c", "d"));
        turns.add(
            as(
                new Caller(credential, Map.of("tenant", "7"), request),
                () -> turnsOf(job, connection)));
      }
    }
    return turns;
  }

  private Connection open(String mode) throws SQLException {
    Properties properties =
        properties(
            "preferQueryMode", mode,
            "percred.pre-request", "public.note_visit",
            "percred.setting.app.subject", "claim:sub",
            "percred.setting.app.tenant", "attribute:tenant",
            "percred.setting.app.principal", "principal");
    return DriverManager.getConnection(claimsUrl(proxy.url(database.name())), properties);
  }

  private int turnsOf(Job job, Connection connection) throws Exception {
    int before = proxy.turns();
    job.run(connection);
    return proxy.turns() - before;
  }
}
