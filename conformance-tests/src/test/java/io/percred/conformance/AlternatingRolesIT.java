package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Roles that alternate on one connection, with prepared statements over tables with policies. */
class AlternatingRolesIT extends ClaimsCallers {
  private static final Logger LOG = LoggerFactory.getLogger(AlternatingRolesIT.class);
  private static final int ALTERNATIONS = 10_000;

  /** Read through a policy on the role, and through the claims. */
  private static final String QUERY =
      "select colour, current_user, current_setting('request.jwt.claims')::json ->> 'sub'"
          + " from paint";

  @Test
  void eachOfTwoRolesAlwaysGetsItsRows() throws Exception {
    Connection connection = claims();
    List<Credential> roles = List.of(named("web_red", "r"), named("web_blue", "b"));
    List<Credential> callers = List.of(named("web_red", "r"), named("web_red", "s"));
    // Once for the compiler, then measured.
    alternate(connection, roles, List.of("red", "blue"), List.of("r", "b"), 1000);
    alternate(connection, callers, List.of("red", "red"), List.of("r", "s"), 1000);
    Duration twoRoles =
        alternate(connection, roles, List.of("red", "blue"), List.of("r", "b"), ALTERNATIONS);
    Duration oneRole =
        alternate(connection, callers, List.of("red", "red"), List.of("r", "s"), ALTERNATIONS);
    LOG.info(
        "{}: {} µs for a query of two alternating roles, {} µs for one role with alternating"
            + " claims",
        server,
        twoRoles.toNanos() / ALTERNATIONS / 1000,
        oneRole.toNanos() / ALTERNATIONS / 1000);
  }

  private static Duration alternate(
      Connection connection,
      List<Credential> callers,
      List<String> colours,
      List<String> subjects,
      int times)
      throws Exception {
    String backend = asked(connection, callers.get(0), "select pg_backend_pid()");
    long start = System.nanoTime();
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      for (int i = 0; i < times; i++) {
        int which = i % 2;
        as(
            callers.get(which),
            () -> {
              int count = 0;
              try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                  count++;
                  if (!rows.getString(1).equals(colours.get(which))
                      || !rows.getString(2).equals("web_" + colours.get(which))
                      || !rows.getString(3).equals(subjects.get(which))) {
                    throw new AssertionError("A foreign row for " + subjects.get(which));
                  }
                }
              }
              if (count != (colours.get(which).equals("red") ? 3 : 6)) {
                throw new AssertionError(count + " rows for " + subjects.get(which));
              }
            });
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(asked(connection, callers.get(0), "select pg_backend_pid()")).isEqualTo(backend);
    return took;
  }

  private static Credential named(String role, String subject) throws Exception {
    return token("{\"sub\":\"" + subject + "\",\"role\":\"" + role + "\"}");
  }
}
