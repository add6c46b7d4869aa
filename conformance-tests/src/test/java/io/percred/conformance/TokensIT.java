package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens judged on this machine, by kind, and by the clock. */
class TokensIT extends ConfiguredIT {
  private static final MockOAuth2Server SERVER = new MockOAuth2Server();
  private static final String ISSUER = "acme";
  private static final Duration HOUR = Duration.ofHours(1);

  @BeforeAll
  static void startServer() {
    SERVER.start();
  }

  @AfterAll
  static void stopServer() {
    SERVER.shutdown();
  }

  @Test
  void tokenSignedWithThePassphraseRunsAsItsCaller() throws Exception {
    Connection connection = withPassphrase();
    Credential alice = signed(SECRET, "shop", inAnHour());

    Seen first = seen(connection, alice);
    assertThat(first.token()).isEqualTo(alice.token());

    denied(connection, signed(SECRET.replace('a', 'e'), "shop", inAnHour()));
    denied(connection, signed(SECRET, "shop", Instant.now().minus(HOUR)));
    denied(connection, signed(SECRET, "another shop", inAnHour()));
    denied(connection, Credential.of("not-a-jwt", "alice"));

    assertThat(seen(connection, alice)).isEqualTo(first);
  }

  @Test
  void tokenSignedWithAPublishedKeyRunsAsItsCaller() throws Exception {
    Connection connection = withPublishedKeys(SERVER.jwksUrl(ISSUER).toString());
    Credential alice = issued("alice", "shop", HOUR);
    Credential bob = issued("bob", "shop", HOUR);

    Seen first = seen(connection, alice);
    assertThat(first.token()).isEqualTo(alice.token());
    assertThat(seen(connection, bob)).isEqualTo(new Seen(bob.token(), first.backend()));

    denied(connection, withSignatureOf(bob, alice));
    denied(connection, issued("alice", "shop", HOUR.negated()));
    denied(connection, issued("alice", "another shop", HOUR));
    denied(connection, signed(SECRET, "shop", inAnHour()));

    assertThat(seen(connection, alice)).isEqualTo(first);
  }

  @Test
  void denialInsideATransactionLeavesNothingOfItAndTheConnectionInUse() throws Exception {
    Connection connection = withPassphrase();
    connection.setAutoCommit(false);
    Credential alice = signed(SECRET, "shop", inAnHour());
    int backend = seen(connection, alice).backend();
    connection.commit();

    denied(connection, signed(SECRET, "another shop", inAnHour()));
    connection.rollback();

    as(alice, () -> insert(connection, "hers"));
    assertThat(seen(connection, alice)).isEqualTo(new Seen(alice.token(), backend));
    connection.commit();
    assertThat(entries()).containsExactly("hers:" + alice.token());
  }

  /** Nothing is resolved while connecting in this mode, so this outage meets an open connection. */
  @Test
  void keysThatCannotBeHadRefuseTheTransactionAndNotTheConnection() throws Exception {
    String nobodyListens;
    try (ProviderEndpoint down = new ProviderEndpoint()) {
      nobodyListens = down.url("/jwks");
    }
    Connection connection = withPublishedKeys(nobodyListens);
    unavailable(connection, issued("alice", "shop", HOUR));
    assertThat(connection.isValid(5)).isTrue();
  }

  @Test
  void tokenOfEachKindTakesItsOwnPath() throws Exception {
    ProviderEndpoint provider = closing(new ProviderEndpoint());
    Connection connection =
        configured(
            "percred.verifier", "by-kind",
            "percred.pat-prefix", "sbp_",
            "percred.verifier.by-kind.pat", "remote",
            "percred.verifier.by-kind.jwt", "jwt",
            "percred.remote.url", provider.url("/access"),
            "percred.jwt.secret", SECRET);
    Credential pat = Credential.of("sbp_of-alice");
    Credential jwt = signed(SECRET, "shop", inAnHour());
    provider.issue(pat.token());

    Seen first = seen(connection, pat);
    assertThat(first.token()).isEqualTo(pat.token());
    assertThat(provider.asked()).isEqualTo(1);
    assertThat(seen(connection, jwt)).isEqualTo(new Seen(jwt.token(), first.backend()));
    denied(connection, signed("another passphrase of thirty-two bytes", "shop", inAnHour()));
    denied(connection, Credential.of("a password"));
    assertThat(provider.asked()).as("neither is the provider's business").isEqualTo(1);

    denied(connection, Credential.of("sbp_of-nobody"));
    assertThat(provider.asked()).isEqualTo(2);
    assertThat(seen(connection, pat)).isEqualTo(first);
  }

  @Test
  void jwtThatExpiresDuringATransactionLetsItFinish() throws Exception {
    Connection connection =
        configuredInTime(
            "percred.verifier", "jwt",
            "percred.jwt.secret", SECRET,
            "percred.jwt.leeway", "0s");
    Credential brief = signed(SECRET, "shop", clock.instant().plusSeconds(60));

    finishesWithAnExpiredToken(connection, brief);

    denied(connection, brief);
    connection.rollback();
    Credential next = signed(SECRET, "shop", clock.instant().plusSeconds(60));
    assertThat(seen(connection, next).token()).isEqualTo(next.token());
  }

  @Test
  void tokenThatTheApplicationSaysExpiresDuringATransactionLetsItFinish() throws Exception {
    Connection connection = configuredInTime();
    Credential brief = ALICE.withExpiry(clock.instant().plusSeconds(60));

    finishesWithAnExpiredToken(connection, brief);

    refused(connection, brief, "28000", "PERCRED-104");
    connection.rollback();
    Credential next = brief.withExpiry(clock.instant().plusSeconds(60));
    assertThat(seen(connection, next).token()).isEqualTo(next.token());
  }

  private void finishesWithAnExpiredToken(Connection connection, Credential brief)
      throws Exception {
    connection.setAutoCommit(false);
    as(
        brief,
        () -> {
          Seen before = seen(connection);
          insert(connection, "before");
          clock.advance(Duration.ofSeconds(61));
          insert(connection, "after");
          assertThat(seen(connection)).isEqualTo(before);
          connection.commit();
        });
    assertThat(entries()).containsExactly("before:" + brief.token(), "after:" + brief.token());
  }

  private Connection withPassphrase() throws Exception {
    return configured(
        "percred.verifier", "jwt",
        "percred.jwt.secret", SECRET,
        "percred.jwt.audience", "shop");
  }

  private Connection withPublishedKeys(String jwks) throws Exception {
    return configured(
        "percred.verifier", "jwt",
        "percred.jwt.jwks", jwks,
        "percred.jwt.audience", "shop");
  }

  private static Credential issued(String subject, String audience, Duration lifetime) {
    return Credential.of(
        SERVER.issueToken(ISSUER, subject, audience, Map.of(), lifetime.toSeconds()).serialize());
  }

  /** The claims of one token under the signature of another, by the same key. */
  private static Credential withSignatureOf(Credential other, Credential claims) {
    String signature = other.token().substring(other.token().lastIndexOf('.'));
    return Credential.of(
        claims.token().substring(0, claims.token().lastIndexOf('.')) + signature, "alice");
  }

  private static Instant inAnHour() {
    return Instant.now().plus(HOUR);
  }
}
