package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoginIT {
  private static final TestClock CLOCK = new TestClock(Instant.parse("2026-11-21T10:00:00Z"));
  private static final Duration HOUR = Duration.ofHours(1);
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
                "pat-of-bob", "bob", "ANALYST", CLOCK.instant().plus(Duration.ofDays(30)))
            .programmaticAccessToken("old-pat", "bob", "ANALYST", CLOCK.instant())
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
  void driverIsTheOneThatThisExecutionIsFor() throws SQLException {
    try (Connection connection = Driver.connect(emulator, "alice", "ANALYST")) {
      assertThat(connection.getMetaData().getDriverVersion())
          .isEqualTo(System.getProperty("snowflake-jdbc.version"));
    }
  }

  @Test
  void sessionRunsAsTheUserAndRoleOfTheToken() throws SQLException {
    try (Connection connection = Driver.connect(emulator, "alice", "ANALYST")) {
      assertThat(Driver.value(connection, "select current_user()")).isEqualTo("ALICE");
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("ANALYST");
      assertThat(emulator.sessions())
          .extracting(SnowflakeEmulator.LiveSession::user, SnowflakeEmulator.LiveSession::role)
          .containsExactly(tuple("ALICE", "ANALYST"));
    }
    Counters since = emulator.counters().since(before);
    assertThat(since.opened()).isEqualTo(1);
    assertThat(since.closed()).isEqualTo(1);
    assertThat(since.live()).isZero();
    assertThat(since.totalRequests()).isEqualTo(4);
    assertThat(since.requests(Endpoint.QUERY)).isEqualTo(2);
    assertThat(emulator.accessLog().queries())
        .extracting(AccessLog.Query::user, AccessLog.Query::role, AccessLog.Query::sql)
        .containsExactly(
            tuple("ALICE", "ANALYST", "select current_user()"),
            tuple("ALICE", "ANALYST", "select current_role()"));
  }

  @Test
  void forgedTokenIsRefusedInOneRequest() {
    TokenIssuer own = emulator.tokens();
    TokenIssuer forger = new TokenIssuer(own.issuer(), own.audience(), CLOCK);
    assertThat(refusedToken(forger.token("alice", "ANALYST", HOUR))).isEqualTo(390303);
    assertThat(emulator.counters().since(before).totalRequests()).isEqualTo(1);
  }

  @Test
  void tokenThatIsNoJwtIsRefused() {
    assertThat(refusedToken("junk")).isEqualTo(390303);
    assertThat(refusedToken("e30.e30.")).isEqualTo(390303);
  }

  @Test
  void unsignedTokenIsRefused() {
    String[] parts = emulator.tokens().token("alice", "ANALYST", HOUR).split("\\.", -1);
    String header =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(refusedToken(header + "." + parts[1] + ".")).isEqualTo(390303);
  }

  @Test
  void tokenIsGoodUntilTheVerySecondOfItsExpiry() throws SQLException {
    TestClock clock = CLOCK;
    String token = emulator.tokens().token("alice", "ANALYST", Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(30).minusMillis(1));
    Driver.connect(emulator, token).close();
    clock.advance(Duration.ofMillis(1));
    assertThat(refusedToken(token)).isEqualTo(390318);
    assertThat(emulator.counters().since(before).requests(Endpoint.LOGIN)).isEqualTo(2);
  }

  @Test
  void revokedTokenOpensNoSessionButItsOpenSessionGoesOn() throws SQLException {
    String token = emulator.tokens().token("alice", "ANALYST", HOUR);
    try (Connection connection = Driver.connect(emulator, token)) {
      emulator.revoke(token);
      assertThat(refusedToken(token)).isEqualTo(390303);
      assertThat(Driver.value(connection, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void disabledUserIsRefusedUntilEnabledAgain() throws SQLException {
    String token = emulator.tokens().token("bob", "ANALYST", HOUR);
    emulator.disableUser("bob");
    assertThat(refusedToken(token)).isEqualTo(390101);
    emulator.enableUser("bob");
    Driver.connect(emulator, token).close();
  }

  @Test
  void wrongAudienceAndWrongIssuerAreRefused() {
    Clock clock = CLOCK;
    TokenIssuer own = emulator.tokens();
    assertThat(
            refusedToken(
                new TokenIssuer(own.issuer(), "other", clock).token("alice", "ANALYST", HOUR)))
        .isEqualTo(390303);
    assertThat(
            refusedToken(
                new TokenIssuer("other", own.audience(), clock).token("alice", "ANALYST", HOUR)))
        .isEqualTo(390303);
  }

  @Test
  void roleOutsideTheTokenOrTheGrantsIsRefused() {
    Properties properties =
        emulator.driverProperties(emulator.tokens().token("alice", "ANALYST", HOUR));
    properties.setProperty("role", "AUDITOR");
    assertThat(refused(properties)).isEqualTo(390317);
    assertThat(refusedToken(emulator.tokens().token("bob", "AUDITOR", HOUR))).isEqualTo(390317);
  }

  @Test
  void unknownUserIsRefused() {
    assertThat(refusedToken(emulator.tokens().token("mallory", "ANALYST", HOUR))).isEqualTo(390303);
  }

  @Test
  void tokenForAnyRoleGetsTheUsersDefaultOrTheRoleAskedFor() throws SQLException {
    String token =
        emulator
            .tokens()
            .tokenWithScope("alice", "openid session:role-any", CLOCK.instant().plus(HOUR));
    try (Connection connection = Driver.connect(emulator, token)) {
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("ANALYST");
      Driver.update(connection, "use role auditor");
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("AUDITOR");
    }
    Properties properties = emulator.driverProperties(token);
    properties.setProperty("role", "auditor");
    try (Connection connection = Driver.connect(emulator, properties)) {
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("AUDITOR");
    }
  }

  @Test
  void userThatDiffersFromTheTokensUserIsRefused() {
    Properties properties =
        emulator.driverProperties(emulator.tokens().token("alice", "ANALYST", HOUR));
    properties.setProperty("user", "bob");
    assertThat(refused(properties)).isEqualTo(390309);
  }

  @Test
  void serviceAccountLogsInWithItsPassword() throws SQLException {
    Properties properties = emulator.driverProperties();
    properties.setProperty("user", "service");
    properties.setProperty("password", "swordfish");
    try (Connection connection = Driver.connect(emulator, properties)) {
      assertThat(Driver.value(connection, "select current_user() || ':' || current_role()"))
          .isEqualTo("SERVICE:SVC");
    }
    properties.setProperty("password", "wrong");
    assertThat(refused(properties)).isEqualTo(390100);
  }

  @Test
  void programmaticAccessTokenLogsInUntilItExpiresOrIsRevoked() throws SQLException {
    Properties properties = emulator.driverProperties();
    properties.setProperty("authenticator", "PROGRAMMATIC_ACCESS_TOKEN");
    properties.setProperty("user", "bob");
    properties.setProperty("token", "pat-of-bob");
    try (Connection connection = Driver.connect(emulator, properties)) {
      assertThat(Driver.value(connection, "select current_user()")).isEqualTo("BOB");
    }
    properties.setProperty("token", "old-pat");
    assertThat(refused(properties)).isEqualTo(394400);
    properties.setProperty("token", "pat-of-bob");
    emulator.revoke("pat-of-bob");
    assertThat(refused(properties)).isEqualTo(394400);
  }

  @Test
  void everyLoginIsInTheAccessLogAndRefusedOnesAreCounted() throws SQLException {
    Driver.connect(emulator, "alice", "ANALYST").close();
    assertThat(refusedToken("junk")).isEqualTo(390303);
    assertThat(emulator.accessLog().logins())
        .extracting(
            AccessLog.Login::user, AccessLog.Login::authenticator, AccessLog.Login::errorCode)
        .containsExactly(tuple("ALICE", "OAUTH", null), tuple(null, "OAUTH", "390303"));
    assertThat(emulator.counters().since(before).refusedLogins()).isEqualTo(1);
  }

  private static int refusedToken(String token) {
    return refused(emulator.driverProperties(token));
  }

  private static int refused(Properties properties) {
    SQLException e =
        catchThrowableOfType(
            SQLException.class, () -> Driver.connect(emulator, properties).close());
    return e.getErrorCode();
  }
}
