package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoginIT {
  private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-21T10:00:00Z"));
  private static SnowflakeEmulator emulator;
  private Counters before;

  @BeforeAll
  static void start() throws Exception {
    emulator =
        SnowflakeEmulator.builder()
            .clock(CLOCK)
            .user("alice", "ANALYST", "AUDITOR")
            .user("bob", "ANALYST")
            .user("service", "SVC")
            .password("service", "swordfish")
            .programmaticAccessToken(
                "pat-of-bob", "bob", "ANALYST", CLOCK.instant().plusSeconds(3600))
            .start();
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @BeforeEach
  void count() {
    before = emulator.counters();
    emulator.accessLog().clear();
  }

  @Test
  void sessionRunsAsTheUserAndRoleOfTheToken() throws SQLException {
    try (Connection connection = Driver.connect(emulator, "alice", "ANALYST")) {
      assertThat(Driver.value(connection, "select current_user()")).isEqualTo("ALICE");
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("ANALYST");
    }
    Counters since = emulator.counters().since(before);
    assertThat(since.opened()).isEqualTo(1);
    assertThat(since.closed()).isEqualTo(1);
    assertThat(since.live()).isZero();
    assertThat(since.totalRequests()).isEqualTo(4);
    assertThat(emulator.accessLog().queries())
        .extracting(AccessLog.Query::user, AccessLog.Query::role, AccessLog.Query::sql)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("ALICE", "ANALYST", "select current_user()"),
            org.assertj.core.groups.Tuple.tuple("ALICE", "ANALYST", "select current_role()"));
  }

  @Test
  void forgedTokenIsRefusedInOneRequest() {
    TokenIssuer forger =
        new TokenIssuer(
            emulator.tokens().issuer(), emulator.tokens().audience(), Clock.systemUTC());
    assertThat(
            refused(
                emulator.driverProperties(forger.token("alice", "ANALYST", Duration.ofDays(1)))))
        .isEqualTo(390303);
    assertThat(emulator.counters().since(before).totalRequests()).isEqualTo(1);
  }

  private static int refused(Properties properties) {
    SQLException e =
        catchThrowableOfType(
            SQLException.class, () -> Driver.connect(emulator, properties).close());
    return e.getErrorCode();
  }
}
