package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OidcIT {
  private static final String AUDIENCE = "https://acme.snowflakecomputing.com";
  private static MockOAuth2Server provider;
  private static SnowflakeEmulator emulator;

  @BeforeAll
  static void start() throws Exception {
    provider = new MockOAuth2Server();
    provider.start();
    emulator =
        SnowflakeEmulator.builder()
            .issuer(
                provider.issuerUrl("acme").toString(),
                AUDIENCE,
                URI.create(provider.jwksUrl("acme").toString()))
            .userClaim("upn")
            .start();
  }

  @AfterAll
  static void stop() throws Exception {
    emulator.close();
    provider.shutdown();
  }

  @Test
  void tokenOfTheProviderOpensASessionOfItsUser() throws SQLException {
    String token =
        token(
            "acme",
            AUDIENCE,
            Map.of("upn", "alice@acme.example", "scp", List.of("openid", "session:role:analyst")));
    try (Connection connection = Driver.connect(emulator, token)) {
      assertThat(Driver.value(connection, "select current_user()")).isEqualTo("ALICE@ACME.EXAMPLE");
      assertThat(Driver.value(connection, "select current_role()")).isEqualTo("ANALYST");
    }
  }

  @Test
  void tokenForAnotherAudienceOrOfAnotherIssuerOrWithoutUserIsRefused() {
    Map<String, Object> claims = Map.of("upn", "alice");
    refused(token("acme", "somebody-else", claims));
    refused(token("other", AUDIENCE, claims));
    refused(token("acme", AUDIENCE, Map.of()));
  }

  @Test
  void ownIssuerIsNotTrustedBesideAConfiguredOne() {
    refused(emulator.tokens().token("alice", "ANALYST", Duration.ofHours(1)));
  }

  @Test
  void keysCanBeGivenAsADocument() throws Exception {
    TokenIssuer issuer = new TokenIssuer("https://idp.example", "sf", Clock.systemUTC());
    try (SnowflakeEmulator other =
            SnowflakeEmulator.builder().issuer("https://idp.example", null, issuer.jwks()).start();
        Connection connection =
            Driver.connect(other, issuer.token("carol", "PUBLIC", Duration.ofMinutes(5)))) {
      assertThat(Driver.value(connection, "select current_user()")).isEqualTo("CAROL");
    }
  }

  private static void refused(String token) {
    assertThatThrownBy(() -> Driver.connect(emulator, token).close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(390303));
  }

  private static String token(String issuer, String audience, Map<String, Object> claims) {
    return provider.issueToken(issuer, "subject-1", audience, claims).serialize();
  }
}
