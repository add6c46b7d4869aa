package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import io.percred.tokens.jwt.JwtVerifierProvider;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.verify.IntrospectionVerifierProvider;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every flow against an OIDC provider, found by discovery, and its tokens verified. */
class MockServerTest {
  private static final MockOAuth2Server SERVER = new MockOAuth2Server();
  private static final String ISSUER = "acme";

  /** The provider's first answers are slow on a busy machine; time-outs are tested elsewhere. */
  private static final String PATIENT = "30s";

  private final Clock clock = Clock.systemUTC();

  @BeforeAll
  static void start() throws Exception {
    SERVER.start();
  }

  @AfterAll
  static void stop() {
    SERVER.shutdown();
  }

  @Test
  void clientCredentialsGiveATokenThatVerifies() throws Exception {
    Credential token = Suppliers.supply(supplier("client-credentials"), null, clock);

    Credential verified = accepted(jwt(), token);
    assertThat(verified.claims()).containsEntry("sub", "shop");
    assertThat(token.expiry()).isAfter(clock.instant());
  }

  @Test
  void tokenExchangeGivesATokenForTheDatabaseInTheCallersName() throws Exception {
    Credential caller = issued("alice", "web");
    TokenSupplier supplier = supplier("token-exchange", "percred.oauth.audience", "pg");

    Credential token = Suppliers.supply(supplier, caller, clock);

    assertThat(token.token()).isNotEqualTo(caller.token());
    Credential verified = accepted(jwt("percred.jwt.audience", "pg"), token);
    assertThat(verified.claims()).containsEntry("sub", "alice");
    assertThat(verified.principal()).startsWith("alice ").endsWith(" " + issuer());
    assertThat(jwt("percred.jwt.audience", "pg").verify(caller, Contexts.TARGET))
        .isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void jwtBearerGivesATokenInTheCallersName() throws Exception {
    Credential token =
        Suppliers.supply(
            supplier("jwt-bearer", "percred.oauth.scope", "pg"), issued("bob", "web"), clock);

    assertThat(accepted(jwt(), token).claims()).containsEntry("sub", "bob");
  }

  @Test
  void refreshTokenGivesAccessTokensUntilItIsRevoked() throws Exception {
    String refreshToken = refreshToken();
    Credential caller = Credential.of(refreshToken);

    Credential token = Suppliers.supply(supplier("refresh-token"), caller, clock);
    assertThat(accepted(jwt(), token).claims()).containsKey("sub");

    revoke(refreshToken);
    assertThat(Suppliers.failure(supplier("refresh-token"), caller, clock).code())
        .isEqualTo(TokensError.GRANT_REFUSED);
  }

  @Test
  void introspectionAcceptsWhatIsActiveAndDeniesTheRest() throws Exception {
    CredentialVerifier verifier =
        new IntrospectionVerifierProvider()
            .create(
                Contexts.provider(
                    GivenSettings.of(
                        "percred.introspection.url", issuer() + "/introspect",
                        "percred.oauth.client-id", "shop",
                        "percred.oauth.client-secret", "correct horse"),
                    clock));

    Credential verified = accepted(verifier, issued("alice", "web"));
    assertThat(verified.principal()).startsWith("alice ").endsWith(" " + issuer());
    assertThat(verified.expiry()).isAfter(clock.instant());
    assertThat(verifier.verify(Credential.of("junk"), Contexts.TARGET))
        .isEqualTo(new Verdict.Denied(issuer() + "/introspect", "not active"));
  }

  private static String issuer() {
    return SERVER.issuerUrl(ISSUER).toString();
  }

  private static Credential issued(String subject, String audience) {
    return Credential.of(
        SERVER.issueToken(ISSUER, subject, audience, Map.of("azp", "web")).serialize());
  }

  private TokenSupplier supplier(String name, String... more) throws SQLException {
    Map<String, String> values = new HashMap<>();
    values.put("percred.http.timeout", PATIENT);
    values.put("percred.oauth.issuer", issuer());
    values.put("percred.oauth.client-id", "shop");
    values.put("percred.oauth.client-secret", "correct horse");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return Suppliers.of(name, GivenSettings.of(values), clock);
  }

  private CredentialVerifier jwt(String... more) throws SQLException {
    Map<String, String> values = new HashMap<>();
    values.put("percred.http.timeout", PATIENT);
    values.put("percred.jwt.jwks", SERVER.jwksUrl(ISSUER).toString());
    values.put("percred.jwt.issuer", issuer());
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return new JwtVerifierProvider().create(Contexts.provider(GivenSettings.of(values), clock));
  }

  private static Credential accepted(CredentialVerifier verifier, Credential token) {
    Verdict verdict = verifier.verify(token, Contexts.TARGET);
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).credential();
  }

  /** Signs in as a browser would, without one. */
  private static String refreshToken() throws Exception {
    String callback = "http://localhost/callback";
    HttpResponse<String> redirect =
        send(
            HttpRequest.newBuilder(
                URI.create(
                    issuer()
                        + "/authorize?response_type=code&client_id=shop&scope=openid&state=s"
                        + "&redirect_uri="
                        + callback)));
    String location = redirect.headers().firstValue("Location").orElseThrow();
    String code = List.of(location.split("code=", -1)).get(1).split("&", -1)[0];
    HttpResponse<String> tokens =
        send(
            form(
                "/token",
                "grant_type=authorization_code&client_id=shop&client_secret=s&code="
                    + code
                    + "&redirect_uri="
                    + callback));
    return Objects.requireNonNull(
        JSONObjectUtils.getString(JSONObjectUtils.parse(tokens.body()), "refresh_token"));
  }

  private static void revoke(String refreshToken) throws Exception {
    HttpResponse<String> answer =
        send(
            form(
                "/revoke",
                "client_id=shop&client_secret=s&token_type_hint=refresh_token&token="
                    + refreshToken));
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static HttpRequest.Builder form(String path, String body) {
    return HttpRequest.newBuilder(URI.create(issuer() + path))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
