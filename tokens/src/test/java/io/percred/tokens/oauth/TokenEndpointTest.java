package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.rig.StrictEndpoint.Asked;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every grant against an endpoint that takes nothing but what the RFCs say. */
class TokenEndpointTest {
  private static final Credential ALICE = Credential.of("alices-token", "alice");

  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private final Recorder recorder = new Recorder();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void clientCredentialsProveThemselvesWithBasicAuthentication() throws Exception {
    endpoint.answering(token("t1", 3600));
    TokenSupplier supplier =
        supplier(
            "client-credentials", "percred.oauth.scope", "db read", "percred.oauth.audience", "pg");

    Credential token = Suppliers.supply(supplier, null, clock);

    Asked asked = endpoint.asked().get(0);
    assertThat(asked.form())
        .containsOnly(
            Map.entry("grant_type", "client_credentials"),
            Map.entry("scope", "db read"),
            Map.entry("audience", "pg"));
    assertThat(asked.headers().getFirst("Authorization")).isEqualTo(basic("shop:correct+horse"));
    assertThat(token.token()).isEqualTo("t1");
    assertThat(token.expiry()).isEqualTo(clock.instant().plusSeconds(3600));
    assertThat(token.principal()).isEqualTo("shop shop " + endpoint.url("/token"));
    assertThat(supplier.dependsOnCaller()).isFalse();
    assertThat(supplier.mayBlock()).as("a token is at hand").isFalse();
  }

  @Test
  void clientSecretMayTravelInTheBody() throws Exception {
    endpoint.answering(token("t1", 3600));
    TokenSupplier supplier =
        supplier("client-credentials", "percred.oauth.client-auth", "client-secret-post");

    Suppliers.supply(supplier, null, clock);

    Asked asked = endpoint.asked().get(0);
    assertThat(asked.form())
        .containsEntry("client_id", "shop")
        .containsEntry("client_secret", "correct horse");
    assertThat(asked.headers()).doesNotContainKey("Authorization");
  }

  @Test
  void privateKeySignsAnAssertionForThisEndpointOnly() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.toPrivateKey().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    JWSVerifier verifier = new RSASSAVerifier(key.toRSAPublicKey());
    for (String form : new String[] {key.toJSONString(), pem}) {
      endpoint.answering(token("t1", 3600));
      TokenSupplier supplier =
          supplier(
              "client-credentials",
              "percred.oauth.client-auth",
              "private-key-jwt",
              "percred.oauth.client-secret",
              form);

      Suppliers.supply(supplier, null, clock);

      Map<String, String> asked = endpoint.asked().get(endpoint.count() - 1).form();
      assertThat(asked)
          .containsEntry(
              "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      SignedJWT assertion = SignedJWT.parse(asked.get("client_assertion"));
      assertThat(assertion.verify(verifier)).isTrue();
      assertThat(assertion.getJWTClaimsSet().getIssuer()).isEqualTo("shop");
      assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo("shop");
      assertThat(assertion.getJWTClaimsSet().getAudience()).containsOnly(endpoint.url("/token"));
      assertThat(assertion.getJWTClaimsSet().getJWTID()).isNotBlank();
      assertThat(assertion.getJWTClaimsSet().getExpirationTime().toInstant())
          .isEqualTo(clock.instant().plusSeconds(60));
    }
  }

  @Test
  void ellipticKeysSignToo() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_384).generate();
    String pem =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key.toPrivateKey().getEncoded())
            + "\n-----END PRIVATE KEY-----";
    endpoint.answering(token("t1", 3600));
    TokenSupplier supplier =
        supplier(
            "client-credentials",
            "percred.oauth.client-auth",
            "private-key-jwt",
            "percred.oauth.client-secret",
            pem);

    Suppliers.supply(supplier, null, clock);

    SignedJWT assertion = SignedJWT.parse(endpoint.asked().get(0).form().get("client_assertion"));
    assertThat(assertion.verify(new ECDSAVerifier(key.toPublicJWK()))).isTrue();
  }

  @Test
  void secretIsReadAgainForEveryRequest(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), "first");
    endpoint.answering(token("t1", 1));
    TokenSupplier supplier =
        supplier("client-credentials", "percred.oauth.client-secret", "file:" + file);
    Suppliers.supply(supplier, null, clock);
    Files.writeString(file, "second");
    clock.advance(Duration.ofSeconds(2));

    Suppliers.supply(supplier, null, clock);

    assertThat(endpoint.asked())
        .extracting(asked -> asked.headers().getFirst("Authorization"))
        .containsExactly(basic("shop:first"), basic("shop:second"));
  }

  @Test
  void tokenExchangeSendsTheCallersTokenAndKeepsItsPrincipal() throws Exception {
    endpoint.answering(
        Answer.json(
            "{'access_token':'db','issued_token_type':"
                + "'urn:ietf:params:oauth:token-type:access_token','token_type':'Bearer',"
                + "'expires_in':60}"));
    TokenSupplier supplier = supplier("token-exchange", "percred.oauth.audience", "pg");

    Credential token = Suppliers.supply(supplier, ALICE, clock);

    assertThat(endpoint.asked().get(0).form())
        .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
        .containsEntry("subject_token", "alices-token")
        .containsEntry("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")
        .containsEntry("audience", "pg");
    assertThat(token.token()).isEqualTo("db");
    assertThat(token.principal()).isEqualTo("alice");
    Credential unnamed = Suppliers.supply(supplier, Credential.of("somebodys-token"), clock);
    assertThat(unnamed.hasTrustedPrincipal()).isFalse();
  }

  @Test
  void jwtBearerSendsTheCallersTokenAsAssertion() throws Exception {
    endpoint.answering(token("db", 60));
    Credential caller = Credential.of("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln");

    Suppliers.supply(supplier("jwt-bearer"), caller, clock);

    assertThat(endpoint.asked().get(0).form())
        .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .containsEntry("assertion", caller.token())
        .containsEntry("requested_token_use", "on_behalf_of");
  }

  @Test
  void jwtBearerRefusesATokenThatCannotBeAnAssertion() throws Exception {
    PercredError error = Suppliers.failure(supplier("jwt-bearer"), ALICE, clock);

    assertThat(error.code()).isEqualTo(TokensError.GRANT_REFUSED);
    assertThat(endpoint.count()).isZero();
  }

  @Test
  void rotatedRefreshTokenIsUsedNextTime() throws Exception {
    endpoint.answering(
        asked ->
            Answer.json(
                "{'access_token':'a','token_type':'Bearer','expires_in':10,'refresh_token':'"
                    + asked.form().get("refresh_token")
                    + "+'}"));
    TokenSupplier supplier = supplier("refresh-token");
    for (int i = 0; i < 3; i++) {
      Suppliers.supply(supplier, Credential.of("r"), clock);
      clock.advance(Duration.ofSeconds(11));
    }

    assertThat(endpoint.asked())
        .extracting(asked -> asked.form().get("refresh_token"))
        .containsExactly("r", "r+", "r++");
  }

  @Test
  void callerWithoutATokenHasNone() throws Exception {
    assertThat(supplier("token-exchange").supply(Contexts.supply(null, clock))).isNull();
    assertThat(supplier("token-exchange").supply(Contexts.supply(Credential.of(" "), clock)))
        .isNull();
    assertThat(endpoint.count()).isZero();
  }

  @Test
  void tokenTypeIsNotCaseSensitiveAndLifetimeMayComeFromTheTokenItself() throws Exception {
    String jwt =
        "eyJhbGciOiJIUzI1NiJ9."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"exp\":1800000000}".getBytes(StandardCharsets.UTF_8))
            + ".c2ln";
    endpoint.answering(Answer.json("{'access_token':'" + jwt + "','token_type':'bearer'}"));

    Credential token = Suppliers.supply(supplier("client-credentials"), null, clock);

    assertThat(token.expiry()).isEqualTo(Instant.ofEpochSecond(1_800_000_000));
  }

  @ParameterizedTest(name = "{0}: {1} {2} is {3}")
  @CsvSource({
    "client-credentials, 401, invalid_client, CLIENT_REFUSED",
    "client-credentials, 400, invalid_grant, CLIENT_REFUSED",
    "refresh-token, 400, invalid_grant, GRANT_REFUSED",
    "refresh-token, 401, invalid_client, CLIENT_REFUSED",
    "token-exchange, 400, invalid_request, GRANT_REFUSED",
    "token-exchange, 403, access_denied, GRANT_REFUSED",
    "token-exchange, 400, invalid_target, CLIENT_REFUSED",
    "token-exchange, 400, invalid_scope, CLIENT_REFUSED",
    "token-exchange, 400, unauthorized_client, CLIENT_REFUSED",
    "token-exchange, 400, temporarily_unavailable, ENDPOINT_UNAVAILABLE",
    "token-exchange, 503, temporarily_unavailable, ENDPOINT_UNAVAILABLE",
    "token-exchange, 429, slow_down, ENDPOINT_UNAVAILABLE",
    "token-exchange, 404, whatever, GRANT_REFUSED",
    "refresh-token, 404, invalid_grant, GRANT_REFUSED",
    "client-credentials, 404, whatever, CLIENT_REFUSED",
    "token-exchange, 422, whatever, GRANT_REFUSED",
    "token-exchange, 408, whatever, ENDPOINT_UNAVAILABLE",
    "token-exchange, 500, server_error, ENDPOINT_UNAVAILABLE"
  })
  void refusedCallerRefusedClientAndOutageAreThreeErrors(
      String name, int status, String code, TokensError expected) throws Exception {
    endpoint.answering(
        Answer.of(status, "{\"error\":\"" + code + "\",\"error_description\":\"because\"}"));

    PercredError error = Suppliers.failure(supplier(name), ALICE, clock);

    assertThat(error.code()).isEqualTo(expected);
    assertThat(error.message()).contains(endpoint.url("/token"));
    assertThat(error.code().sqlState())
        .isEqualTo(
            switch (expected) {
              case GRANT_REFUSED -> "28000";
              case CLIENT_REFUSED -> "22023";
              default -> "58000";
            });
  }

  @Test
  void answersThatAreNoTokenResponseAreOutages() throws Exception {
    for (Answer answer :
        new Answer[] {
          Answer.json("<html>welcome</html>"),
          Answer.json("{}"),
          Answer.json("{'access_token':'','token_type':'Bearer'}"),
          Answer.json("{'access_token':'x'}"),
          Answer.json("{'access_token':'x','token_type':'DPoP'}"),
          Answer.json("[1]"),
          Answer.redirect(endpoint.url("/elsewhere")),
          Answer.large(10L << 20)
        }) {
      endpoint.answering(answer);
      PercredError error = Suppliers.failure(supplier("client-credentials"), null, clock);
      assertThat(error.code()).as("%s", answer).isEqualTo(TokensError.ENDPOINT_UNAVAILABLE);
    }
    assertThat(endpoint.asked()).noneMatch(asked -> asked.path().equals("/elsewhere"));
  }

  @Test
  void refusalWithoutAnErrorCodeIsAboutTheRequestAndNoOutage() throws Exception {
    for (int status : new int[] {400, 403, 404, 413, 431}) {
      endpoint.answering(Answer.of(status, "<h1>oops</h1>"));
      assertThat(Suppliers.failure(supplier("client-credentials"), null, clock).code())
          .isEqualTo(TokensError.CLIENT_REFUSED);
      assertThat(Suppliers.failure(supplier("token-exchange"), ALICE, clock).code())
          .isEqualTo(TokensError.GRANT_REFUSED);
    }
  }

  @Test
  void tenMegabytesAreNotRead() throws Exception {
    endpoint.answering(Answer.large(10L << 20));
    PercredError error = Suppliers.failure(supplier("client-credentials"), null, clock);
    assertThat(error.message()).contains("answered more than 512 KiB");
  }

  @Test
  void endpointThatIsDownIsNamedWithTheTime() throws Exception {
    endpoint.close();
    PercredError error = Suppliers.failure(supplier("client-credentials"), null, clock);
    assertThat(error.message())
        .isEqualTo(
            endpoint.url("/token")
                + " is unavailable since 2026-11-21T12:00:00Z"
                + " (connection refused or host not found, 1 failure).");
  }

  @Test
  void endpointThatDoesNotAnswerIsGivenUpAfterTheTimeout() throws Exception {
    endpoint.silent();
    TokenSupplier supplier = supplier("client-credentials", "percred.http.timeout", "200ms");
    assertThat(Suppliers.failure(supplier, null, clock).message())
        .contains("no answer within 200ms");
  }

  @Test
  void breakerHoldsCallsBackUntilAProbeSucceeds() throws Exception {
    endpoint.answering(Answer.of(500, ""));
    TokenSupplier supplier =
        supplier(
            "client-credentials",
            "percred.breaker.failures",
            "3",
            "percred.breaker.open-for",
            "60s");
    for (int i = 0; i < 5; i++) {
      Suppliers.failure(supplier, null, clock);
      clock.advance(Duration.ofSeconds(2));
    }
    assertThat(endpoint.count()).isEqualTo(3);
    assertThat(Suppliers.failure(supplier, null, clock).message())
        .contains("since 2026-11-21T12:00:00Z (HTTP 500, 3 failures)")
        .contains("calls are held back until 2026-11-21T12:01:04Z");

    clock.set(Instant.parse("2026-11-21T12:01:05Z"));
    Suppliers.failure(supplier, null, clock);
    assertThat(endpoint.count()).as("one probe").isEqualTo(4);
    clock.advance(Duration.ofSeconds(61));
    endpoint.answering(token("t1", 60));
    assertThat(Suppliers.supply(supplier, null, clock).token()).isEqualTo("t1");
    assertThat(recorder.breakerStates())
        .containsExactly("open", "half-open", "open", "half-open", "closed");
  }

  @Test
  void refusalsNeverOpenTheBreaker() throws Exception {
    endpoint.answering(Answer.of(400, "{\"error\":\"invalid_grant\"}"));
    TokenSupplier supplier = supplier("refresh-token", "percred.breaker.failures", "1");
    for (int i = 0; i < 20; i++) {
      PercredError error = Suppliers.failure(supplier, Credential.of("refresh-" + i), clock);
      assertThat(error.code()).isEqualTo(TokensError.GRANT_REFUSED);
    }
    assertThat(endpoint.count()).isEqualTo(20);
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void whatIsMissingIsNamedWhenTheSupplierIsCreated() {
    assertMissing("client-credentials", GivenSettings.of(), "percred.oauth.issuer");
    assertMissing(
        "client-credentials",
        GivenSettings.of(
            "percred.oauth.token-endpoint", endpoint.url("/t"), "percred.oauth.client-id", "shop"),
        "percred.oauth.client-secret");
    assertMissing(
        "client-credentials",
        GivenSettings.of(
            "percred.oauth.token-endpoint",
            endpoint.url("/t"),
            "percred.oauth.client-secret",
            "correct horse"),
        "percred.oauth.client-id");
  }

  @Test
  void privateKeyThatIsNoneIsRefusedWithoutShowingIt() {
    assertThatThrownBy(
            () ->
                supplier(
                    "client-credentials",
                    "percred.oauth.client-auth",
                    "private-key-jwt",
                    "percred.oauth.client-secret",
                    "{\"kty\":\"RSA\",\"planted\":1}"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("PKCS#8")
        .hasMessageNotContaining("planted");
  }

  @Test
  void plainHttpToAnotherMachineIsRefusedUnlessAllowedOutsideTheUrl() throws Exception {
    String far = "http://auth.example/token";
    assertThatThrownBy(() -> Suppliers.of("client-credentials", Suppliers.at(far), clock))
        .hasMessageContaining("PERCRED-502");
    Suppliers.of(
            "client-credentials", Suppliers.at(far, "percred.http.allow-plaintext", "true"), clock)
        .close();
    GivenSettings flagInUrl =
        Suppliers.at(far, "percred.http.allow-plaintext", "true")
            .inUrl("percred.http.allow-plaintext");
    assertThatThrownBy(() -> Suppliers.of("client-credentials", flagInUrl, clock))
        .hasMessageContaining("PERCRED-503");
    GivenSettings addressInUrl =
        Suppliers.at(far, "percred.http.allow-plaintext", "true")
            .inUrl("percred.oauth.token-endpoint", "percred.oauth.client-secret");
    assertThatThrownBy(() -> Suppliers.of("client-credentials", addressInUrl, clock))
        .hasMessageContaining("PERCRED-502");
  }

  @Test
  void urlMustNotDecideWhereTheAdministratorsSecretGoes() {
    GivenSettings settings =
        Suppliers.at("https://elsewhere.example/token").inUrl("percred.oauth.token-endpoint");
    assertThatThrownBy(() -> Suppliers.of("client-credentials", settings, clock))
        .hasMessageContaining("PERCRED-503")
        .hasMessageContaining("it decides where percred.oauth.client-secret goes");
  }

  private void assertMissing(String name, GivenSettings settings, String property) {
    assertThatThrownBy(() -> Suppliers.of(name, settings, clock))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("needs " + property + ", which is not set")
        .hasMessageContaining("PERCRED-500");
  }

  private TokenSupplier supplier(String name, String... more) throws SQLException {
    return Suppliers.of(name, Suppliers.at(endpoint.url("/token"), more), clock, recorder);
  }

  private static Answer token(String token, int seconds) {
    return Answer.json(
        "{'access_token':'" + token + "','token_type':'Bearer','expires_in':" + seconds + "}");
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
