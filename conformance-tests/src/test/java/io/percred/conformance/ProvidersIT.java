package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tokens judged by a provider, for every transaction. Its outages meet open connections here: in
 * {@code mode=setting} nothing is resolved while connecting, so 08001 has no way to happen.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class ProvidersIT extends ConfiguredIT {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private ProviderEndpoint provider;

  @BeforeEach
  void startProvider() throws IOException {
    provider = new ProviderEndpoint();
    provider.issue(ALICE.token());
  }

  @AfterEach
  void stopProvider() {
    provider.close();
  }

  @Test
  void revocationAtTheProviderHoldsForTheVeryNextTransaction() throws Exception {
    Connection connection = remote();
    connection.setAutoCommit(false);
    int[] backend = new int[1];
    as(
        ALICE,
        () -> {
          Seen first = seen(connection);
          assertThat(first.token()).isEqualTo(ALICE.token());
          backend[0] = first.backend();
          provider.revoke(ALICE.token());
          insert(connection, "in the same transaction");
          connection.commit();
        });
    assertThat(entries()).containsExactly("in the same transaction:" + ALICE.token());

    denied(connection, ALICE);
    connection.rollback();

    provider.issue(ALICE.token());
    assertThat(seen(connection, ALICE)).isEqualTo(new Seen(ALICE.token(), backend[0]));
    assertThat(provider.asked()).as("once per transaction").isEqualTo(3);
  }

  @Test
  void providerIsToldTheRoleAndTheAddressThatTheServerSees() throws Exception {
    Connection connection = remote();
    String address = as(ALICE, () -> ask(connection, "select host(inet_client_addr())"));

    assertThat(provider.lastQuestion()).containsEntry("role", "app");
    assertThat(InetAddress.getByName((String) provider.lastQuestion().get("rhost")))
        .isEqualTo(InetAddress.getByName(address));
  }

  @Test
  void accessToAnotherRoleIsNone() throws Exception {
    Connection connection = remote();
    Seen first = seen(connection, ALICE);

    provider.grant("shop_owner");
    denied(connection, ALICE);

    provider.grant("app");
    assertThat(seen(connection, ALICE)).isEqualTo(first);
  }

  @Test
  void providerThatIsDownRefusesTheTransactionAndNotTheConnection() throws Exception {
    Connection connection = remote();
    connection.setAutoCommit(false);
    seen(connection, ALICE);
    connection.commit();

    provider.close();

    unavailable(connection, ALICE);
    connection.rollback();
    assertThat(connection.isValid(5)).isTrue();
  }

  @Test
  void breakerOpensAfterTheConfiguredOutagesAndSaysUntilWhen() throws Exception {
    Connection connection = remote();
    Seen first = seen(connection, ALICE);
    provider.fail(true);

    unavailable(connection, ALICE);
    assertThat(unavailable(connection, ALICE)).contains("the next call tries again");
    String until = TIME.format(clock.instant().plusSeconds(60));
    assertThat(unavailable(connection, ALICE)).contains("held back until " + until);
    assertThat(provider.asked()).isEqualTo(4);

    clock.advance(Duration.ofSeconds(59));
    provider.fail(false);
    assertThat(unavailable(connection, ALICE)).contains("3 failures", "held back until " + until);
    assertThat(provider.asked()).as("nobody was asked").isEqualTo(4);

    clock.advance(Duration.ofSeconds(2));
    assertThat(seen(connection, ALICE)).isEqualTo(first);
  }

  @Test
  void denialsNeverOpenTheBreaker() throws Exception {
    Connection connection = remote();
    for (int i = 0; i < 10; i++) {
      denied(connection, BOB);
    }
    assertThat(provider.asked()).isEqualTo(10);
    assertThat(seen(connection, ALICE).token()).isEqualTo(ALICE.token());
  }

  @Test
  void introspectionLetsActiveTokensPassAndNoOthers() throws Exception {
    Connection connection =
        configured(
            "percred.verifier", "introspection",
            "percred.introspection.url", provider.url("/introspect"),
            "percred.oauth.client-id", "shop",
            "percred.oauth.client-secret", "correct horse");
    Credential opaque = Credential.of("opaque & of alice");
    provider.issue(opaque.token());

    Seen first = seen(connection, opaque);
    assertThat(first.token()).isEqualTo(opaque.token());
    denied(connection, BOB);

    provider.revoke(opaque.token());
    denied(connection, opaque);

    provider.issue(opaque.token());
    assertThat(seen(connection, opaque)).isEqualTo(first);
  }

  /** The breaker opens after three outages, for a minute of the test's clock. */
  private Connection remote() throws SQLException {
    return configuredInTime(
        "percred.verifier", "remote",
        "percred.remote.url", provider.url("/access"),
        "percred.breaker.failures", "3",
        "percred.breaker.open-for", "60s");
  }
}
