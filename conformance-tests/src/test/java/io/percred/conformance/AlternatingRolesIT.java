package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Roles that alternate on one connection, with prepared statements over tables with policies. */
class AlternatingRolesIT extends ClaimsCallers {
  private static final Logger LOG = LoggerFactory.getLogger(AlternatingRolesIT.class);
  private static final int ALTERNATIONS = 10_000;
  private static final int TURNS = 10;

  /** Read through a policy on the role, and through the claims. */
  private static final String QUERY =
      "select colour, current_user, current_setting('request.jwt.claims')::json ->> 'sub'"
          + " from paint";

  /**
   * Who alternates.
   *
   * @param name for the figures
   * @param roles of the two callers
   */
  private record Pair(String name, List<String> roles) {}

  @Test
  void eachOfTwoRolesAlwaysGetsItsRows() throws Exception {
    Connection connection = claims();
    List<Pair> pairs =
        List.of(
            new Pair("one role, alternating claims", List.of("web_green", "web_green")),
            new Pair("two roles", List.of("web_green", "web_brown")),
            new Pair("two roles with settings of their own", List.of("web_red", "web_blue")));
    Map<Pair, Duration> took = new LinkedHashMap<>();
    // In turns, so that whatever else the machine does hits all; the first one is for the compiler.
    for (int turn = 0; turn <= TURNS; turn++) {
      for (Pair pair : pairs) {
        Duration part = alternate(connection, pair, ALTERNATIONS / TURNS);
        if (turn > 0) {
          took.merge(pair, part, Duration::plus);
        }
      }
    }
    took.forEach(
        (pair, time) ->
            LOG.info(
                "{}, {}: {} µs per query",
                server,
                pair.name(),
                time.toNanos() / ALTERNATIONS / 1000));
  }

  private static Duration alternate(Connection connection, Pair pair, int times) throws Exception {
    List<Credential> callers =
        List.of(named(pair.roles().get(0), "a"), named(pair.roles().get(1), "b"));
    String backend = asked(connection, callers.get(0), "select pg_backend_pid()");
    long start = System.nanoTime();
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < times; i++) {
        int which = i % 2;
        String role = pair.roles().get(which);
        String subject = which == 0 ? "a" : "b";
        as(callers.get(which), () -> assertRowsOf(role, subject, statement));
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(asked(connection, callers.get(0), "select pg_backend_pid()")).isEqualTo(backend);
    return took;
  }

  private static void assertRowsOf(String role, String subject, PreparedStatement statement)
      throws SQLException {
    int count = 0;
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        count++;
        if (!role.equals("web_" + rows.getString(1))
            || !role.equals(rows.getString(2))
            || !subject.equals(rows.getString(3))) {
          throw new AssertionError("A foreign row for " + subject + " as " + role);
        }
      }
    }
    if (count != 3) {
      throw new AssertionError(count + " rows for " + subject + " as " + role);
    }
  }

  private static Credential named(String role, String subject) throws Exception {
    return token("{\"sub\":\"" + subject + "\",\"role\":\"" + role + "\"}");
  }
}
