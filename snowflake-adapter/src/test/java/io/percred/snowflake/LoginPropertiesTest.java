package io.percred.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginPropertiesTest {
  private static final String URL = "jdbc:snowflake://acme.snowflakecomputing.com/";
  private static final Credential ALICE = Credential.of("abc==", "alice");

  @Test
  void aCallerLogsInWithTheTokenAndNothingOfTheStaticLogin() throws SQLException {
    Properties given = new Properties();
    given.setProperty("User", "service");
    given.setProperty("PASSWORD", "swordfish");
    given.setProperty("private_key_file", "/key");
    given.setProperty("warehouse", "WH");
    LoginProperties login = of(URL + "?db=SALES&Warehouse=URLS&role=A%20B", given);

    assertThat(login.of(ALICE))
        .containsOnly(
            org.assertj.core.api.Assertions.entry("authenticator", "OAUTH"),
            org.assertj.core.api.Assertions.entry("token", "abc=="),
            org.assertj.core.api.Assertions.entry("db", "SALES"),
            org.assertj.core.api.Assertions.entry("role", "A B"),
            org.assertj.core.api.Assertions.entry("warehouse", "URLS"),
            org.assertj.core.api.Assertions.entry("disablePlatformDetection", "true"),
            org.assertj.core.api.Assertions.entry("loginTimeout", "30"));
    assertThat(login.url()).isEqualTo(URL);
    assertThat(login.of(ALICE)).isNotSameAs(login.of(ALICE));
    assertThat(given).hasSize(4);
  }

  @Test
  void theStaticLoginKeepsItsOwnAndTheDriversAuthenticator() throws SQLException {
    Properties given = new Properties();
    given.setProperty("password", "swordfish");
    given.setProperty("authenticator", "OAUTH");
    Properties shared = of(URL + "?user=service", given).ofStaticLogin();

    assertThat(shared).containsEntry("user", "service").containsEntry("password", "swordfish");
    assertThat(shared).doesNotContainKey("authenticator");
    assertRefused(() -> of(URL + "?user=service", new Properties()).ofStaticLogin(), "PERCRED-359");
  }

  @Test
  void whatIsSetStaysAsItIs() throws SQLException {
    LoginProperties login =
        of(URL + "?LOGINTIMEOUT=5&disableplatformdetection=false", new Properties());
    assertThat(login.of(ALICE))
        .containsEntry("LOGINTIMEOUT", "5")
        .containsEntry("disableplatformdetection", "false")
        .hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "oauth, OAUTH",
    "OAuth, OAUTH",
    "programmatic_access_token, PROGRAMMATIC_ACCESS_TOKEN"
  })
  void theAuthenticatorIsWrittenInUpperCase(String given, String sent) throws SQLException {
    assertThat(of(URL + "?authenticator=" + given, new Properties()).of(ALICE))
        .containsEntry("authenticator", sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snowflake",
        "EXTERNALBROWSER",
        "OAUTH_CLIENT_CREDENTIALS",
        "OAUTH_AUTHORIZATION_CODE",
        "SNOWFLAKE_JWT",
        "WORKLOAD_IDENTITY",
        "https://idp.example/"
      })
  void anotherAuthenticatorIsRefused(String name) {
    assertRefused(() -> of(URL + "?authenticator=" + name, new Properties()), "PERCRED-351");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token", "TOKEN", "password", "Passcode", "private_key_pwd"})
  void aSecretInTheUrlIsRefusedAndNotRepeated(String name) {
    assertThatThrownBy(() -> of(URL + "?" + name + "=hush", new Properties()))
        .hasMessageContaining("PERCRED-352")
        .hasMessageNotContaining("hush");
  }

  @Test
  void headerCustomizersAreRefused() {
    Properties given = new Properties();
    given.put("net.snowflake.client.jdbc.HttpHeadersCustomizer", new Object());
    assertRefused(() -> of(URL, given), "PERCRED-353");
  }

  @Test
  void aSecretInFrontOfTheHostIsRefusedAndNotRepeated() {
    assertThatThrownBy(
            () -> of("jdbc:snowflake://alice:hush@acme.snowflakecomputing.com/", new Properties()))
        .hasMessageContaining("PERCRED-354")
        .hasMessageNotContaining("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:snowflake:auto", URL + "?a", URL + "?a=%zz"})
  void anotherFormOfUrlIsRefused(String url) {
    assertRefused(() -> of(url, new Properties()), "PERCRED-354");
  }

  @Test
  void theShapeHoldsNoSecretAndNoIdentity() throws SQLException {
    Properties given = new Properties();
    given.setProperty("proxyPassword", "hush");
    given.setProperty("user", "service");
    assertThat(of(URL + "?db=X", given).shape())
        .containsOnlyKeys("db", "url", "disablePlatformDetection", "loginTimeout");
  }

  private static LoginProperties of(String url, Properties properties) throws SQLException {
    return LoginProperties.of(url, properties, Duration.ofSeconds(30));
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(PercredError.stableCodeOf(e)).as(e.toString()).isEqualTo(code));
  }
}
