package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens that percred fetches itself, as the database sees them. */
class TokenSuppliersIT extends ConfiguredIT {
  private static final MockOAuth2Server SERVER = new MockOAuth2Server();

  @BeforeAll
  static void startServer() {
    SERVER.start();
  }

  @AfterAll
  static void stopServer() {
    SERVER.shutdown();
  }

  @Test
  @ExtendWith(TrustedUrls.class)
  void serviceScopeRunsWithTheServicesOwnToken() throws Exception {
    Connection connection =
        configured(
            "percred.service.supplier", "client-credentials",
            "percred.service.oauth.issuer", issuer(),
            "percred.service.oauth.client-id", "shop-jobs",
            "percred.service.oauth.client-secret", "correct horse");
    Seen alice = seen(connection, ALICE);
    assertThat(alice.token()).isEqualTo(ALICE.token());

    asService(
        () -> {
          Seen service = seen(connection);
          assertThat(service.backend()).isEqualTo(alice.backend());
          assertThat(claimsOf(service).getSubject()).isEqualTo("shop-jobs");
          assertThat(claimsOf(service).getIssuer()).isEqualTo(issuer());
        });

    assertThat(seen(connection, ALICE)).isEqualTo(alice);
    assertRefused(() -> insert(connection, "nobody's"));
  }

  @Test
  @ExtendWith(TrustedUrls.class)
  void databaseSeesTheExchangedTokenOfEachCaller() throws Exception {
    Connection connection =
        configured(
            "percred.supplier", "token-exchange",
            "percred.oauth.subject-supplier", "context",
            "percred.oauth.issuer", issuer(),
            "percred.oauth.client-id", "shop",
            "percred.oauth.client-secret", "correct horse",
            "percred.oauth.audience", "postgres",
            "percred.verifier", "jwt",
            "percred.jwt.jwks", SERVER.jwksUrl("acme").toString(),
            "percred.jwt.audience", "postgres");
    Credential alice = issued("alice");
    Credential bob = issued("bob");

    Seen first = seen(connection, alice);
    Seen second = seen(connection, bob);

    assertThat(first.token()).isNotEqualTo(alice.token());
    assertThat(claimsOf(first).getSubject()).isEqualTo("alice");
    assertThat(claimsOf(first).getAudience()).containsExactly("postgres");
    assertThat(claimsOf(second).getSubject()).isEqualTo("bob");
    assertThat(second.backend()).isEqualTo(first.backend());
    assertThat(seen(connection, alice)).as("kept until it expires").isEqualTo(first);
    assertRefused(() -> insert(connection, "nobody's"));
  }

  @Test
  @ExtendWith(TrustedUrls.class)
  void programInPropertiesSuppliesTheToken() throws Exception {
    Connection connection =
        configured("percred.supplier", "command:/bin/echo token-of-the-properties");

    assertThat(seen(connection).token()).isEqualTo("token-of-the-properties");
  }

  @Test
  @ExtendWith(TrustedUrls.class)
  void programThatFailsRefusesTheTransactionAndNotTheConnection() throws Exception {
    Connection connection = configured("percred.supplier", "command:/bin/false,context");
    SQLException failed = failure(() -> seen(connection));
    assertThat(failed.getSQLState()).isEqualTo("58000");
    assertThat(connection.isValid(5)).isTrue();
  }

  private static String issuer() {
    return SERVER.issuerUrl("acme").toString();
  }

  private static Credential issued(String subject) {
    return Credential.of(SERVER.issueToken("acme", subject, "web", Map.of()).serialize());
  }

  private static JWTClaimsSet claimsOf(Seen seen) throws Exception {
    return SignedJWT.parse(seen.token()).getJWTClaimsSet();
  }
}
