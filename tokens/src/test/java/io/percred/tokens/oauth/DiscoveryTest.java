package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.PercredError;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final StrictEndpoint server = new StrictEndpoint();
  private volatile Answer document = Answer.of(404, "");

  DiscoveryTest() {
    server.answering(
        asked ->
            asked.path().startsWith("/.well-known")
                ? document
                : Answer.json("{'access_token':'t','token_type':'Bearer','expires_in':60}"));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void documentIsReadOnceAnHour() throws Exception {
    document = document(server.url(""), server.url("/token"));
    TokenSupplier supplier = supplier();
    for (int i = 0; i < 3; i++) {
      Suppliers.supply(supplier, null, clock);
      clock.advance(Duration.ofMinutes(2));
    }
    assertThat(server.asked())
        .extracting(StrictEndpoint.Asked::path)
        .containsExactly("/.well-known/openid-configuration", "/token", "/token", "/token");
    clock.advance(Duration.ofHours(1));
    Suppliers.supply(supplier, null, clock);
    assertThat(server.count()).isEqualTo(6);
  }

  @Test
  void missingDocumentIsAMatterOfConfiguration() throws Exception {
    PercredError error = Suppliers.failure(supplier(), null, clock);

    assertThat(error.code()).isEqualTo(TokensError.NO_TOKEN_ENDPOINT);
    assertThat(error.code().sqlState()).isEqualTo("22023");
    assertThat(error.message())
        .contains(server.url("/.well-known/openid-configuration"))
        .contains("HTTP 404");
  }

  @Test
  void failingServerIsAnOutage() throws Exception {
    document = Answer.of(502, "");
    assertThat(Suppliers.failure(supplier(), null, clock).code())
        .isEqualTo(TokensError.ENDPOINT_UNAVAILABLE);
  }

  @Test
  void documentOfAnotherIssuerIsNotBelieved() throws Exception {
    document = document("https://other.example", server.url("/token"));
    assertThat(Suppliers.failure(supplier(), null, clock).message())
        .contains("it is not that of percred.oauth.issuer");
    assertThat(server.count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://far.example/token", "ftp://far.example/", "not a url", ""})
  void tokenEndpointMustBeEncryptedOrLoopback(String address) throws Exception {
    document = document(server.url(""), address);
    assertThat(Suppliers.failure(supplier(), null, clock).code())
        .isEqualTo(TokensError.NO_TOKEN_ENDPOINT);
  }

  /** A machine that lets URLs name one host lets them name no other by way of a document. */
  @Test
  void documentOfAnIssuerInTheUrlNamesNoOtherHost() throws Exception {
    String elsewhere = server.url("/token").replace("127.0.0.1", "localhost");
    document = document(server.url(""), elsewhere);
    TokenSupplier typed =
        Suppliers.of(
            "client-credentials",
            settings().inUrl("percred.oauth.issuer", "percred.oauth.client-secret"),
            clock);

    assertThat(Suppliers.failure(typed, null, clock).message()).contains("on another host");
    assertThat(server.asked()).noneMatch(asked -> asked.path().equals("/token"));
    assertThat(Suppliers.supply(supplier(), null, clock).token()).isEqualTo("t");
  }

  private TokenSupplier supplier() throws SQLException {
    return Suppliers.of("client-credentials", settings(), clock);
  }

  private GivenSettings settings() {
    return GivenSettings.of(
        "percred.oauth.issuer", server.url("/"),
        "percred.oauth.client-id", "shop",
        "percred.oauth.client-secret", "correct horse");
  }

  private static Answer document(String issuer, String endpoint) {
    return Answer.json("{'issuer':'" + issuer + "','token_endpoint':'" + endpoint + "'}");
  }
}
