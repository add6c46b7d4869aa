package io.percred.postgres.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.session.JdbcProperty;
import io.percred.session.SessionKey;
import io.percred.session.SqlEffect;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresSessionsTest {
  private static final String URL = "jdbc:postgresql://host/db?sslmode=require&readOnly=true";
  private static final Credential TOKEN = Credential.of("the-token", "alice");

  private final RefusingDriver driver = new RefusingDriver();

  @ParameterizedTest
  @ValueSource(strings = {"28P01", "28000", "42501"})
  void deniedLogin(String state) throws SQLException {
    SQLException denied = failureOf(state);
    assertThat(PercredError.stableCodeOf(denied)).isEqualTo("PERCRED-230");
    assertThat(denied.getSQLState()).isEqualTo("28000");
    assertThat(denied.getMessage()).contains("app", "alice", "(" + state + ")");
    assertThat(driver.attempts).as("never with the same token again").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "XX000, (EJITREQUESTFAILED) failed to reach JIT provider",
    "XX000, (ECIRCUITBREAKER) too many failures",
    "08001, connection refused",
    "08006, broken",
    "57P03, starting up",
    "53300, too many clients",
    "3D000, no such database",
    ", nothing is known"
  })
  void loginThatNobodyJudged(@Nullable String state, String reason) throws SQLException {
    driver.reason = reason;
    SQLException down = failureOf(state);
    assertThat(PercredError.stableCodeOf(down)).isEqualTo("PERCRED-231");
    assertThat(down.getSQLState()).isEqualTo("58000");
    assertThat(down.getMessage()).contains(reason);
    assertThat(driver.attempts).hasSize(1);
  }

  @Test
  void urlThatTheDriverDoesNotAccept() throws SQLException {
    driver.failure = null;
    SQLException refused =
        catchThrowableOfType(
            SQLException.class, () -> sessions(null).open(SessionKey.of(TOKEN, ""), TOKEN));
    assertThat(PercredError.stableCodeOf(refused)).isEqualTo("PERCRED-237");
  }

  @Test
  void roleThatAClaimNamesIsPartOfTheKey() throws SQLException {
    Credential claims = TOKEN.withClaims(Map.of("role", "clerk"));
    assertThat(sessions("role").shapeOf(claims)).isEqualTo("clerk");
    assertThat(sessions(null).shapeOf(claims)).isEqualTo("app");

    failureOf("28000", sessions("role"), claims);
    assertThat(driver.attempts)
        .singleElement()
        .satisfies(
            login ->
                assertThat(login)
                    .containsEntry("user", "clerk")
                    .containsEntry("password", "the-token"));
  }

  @Test
  void staticLoginIsTheUrlsOwn() throws SQLException {
    failureOf("28000", sessions(null), null);
    assertThat(driver.attempts.get(0))
        .containsEntry("user", "app")
        .containsEntry("password", "static");
  }

  @ParameterizedTest
  @CsvSource({
    "57P01, true, false, true",
    "57P05, true, false, false",
    "25P03, true, false, false",
    "08003, true, false, false",
    "08006, true, true, true",
    "08P01, false, false, false",
    "42P01, false, false, false",
    "57014, false, false, false",
    ", false, false, false"
  })
  void sessionsThatAreGone(
      @Nullable String state, boolean gone, boolean mayHaveRun, boolean mayHaveCommitted)
      throws SQLException {
    SQLException error = new SQLException("x", state);
    assertThat(sessions(null).isSessionGone(error)).isEqualTo(gone);
    assertThat(sessions(null).mayHaveRun(error, SqlEffect.NONE)).isEqualTo(mayHaveRun);
    assertThat(sessions(null).mayHaveRun(error, SqlEffect.CHANGES_SESSION))
        .isEqualTo(mayHaveCommitted);
  }

  @Test
  void whatIsKnownOfANewSession() throws SQLException {
    PostgresSessions sessions = sessions(null);
    assertThat(sessions.defaults())
        .containsEntry(JdbcProperty.READ_ONLY, true)
        .doesNotContainKey(JdbcProperty.TRANSACTION_ISOLATION);
    assertThat(sessions.presumed(JdbcProperty.TRANSACTION_ISOLATION))
        .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(sessions.presumed(JdbcProperty.SCHEMA)).isNull();
    assertThat(sessions.effectOf("set role x")).isEqualTo(SqlEffect.CHANGES_SESSION);
  }

  private SQLException failureOf(@Nullable String state) throws SQLException {
    return failureOf(state, sessions(null), TOKEN);
  }

  private SQLException failureOf(
      @Nullable String state, PostgresSessions sessions, @Nullable Credential credential) {
    driver.failure = new SQLException(driver.reason, state);
    SessionKey key = credential == null ? SessionKey.shared("") : SessionKey.of(credential, "");
    SQLException failure =
        catchThrowableOfType(SQLException.class, () -> sessions.open(key, credential));
    assertThat(failure.getMessage()).doesNotContain("the-token");
    return failure;
  }

  private PostgresSessions sessions(@Nullable String userClaim) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "app");
    properties.setProperty("password", "static");
    LoginRules rules = new LoginRules(userClaim, false, false);
    return new PostgresSessions(
        driver, LoginProperties.of(URL, properties, rules, Duration.ofSeconds(5)), rules);
  }

  /** Records logins, and refuses all of them. */
  private static final class RefusingDriver implements Driver {
    final List<Properties> attempts = new ArrayList<>();
    String reason = "no";
    @Nullable SQLException failure;

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
      attempts.add(info);
      if (failure != null) {
        throw failure;
      }
      return null;
    }

    @Override
    public boolean acceptsURL(String url) {
      return true;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 0;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getAnonymousLogger();
    }
  }
}
