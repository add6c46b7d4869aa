package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.percred.spi.Credential;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.rig.StrictEndpoint.Asked;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What providers ask for beyond the RFCs' least. */
class ProviderWishesTest {
  private static final Credential JWT = Credential.of("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln");
  private static final String TYPE = "urn:ietf:params:oauth:token-type:";

  private final SetClock clock = new SetClock(Instant.parse("2026-11-28T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();

  ProviderWishesTest() {
    endpoint.answering(Answer.json("{'access_token':'a','token_type':'Bearer'}"));
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @ParameterizedTest
  @CsvSource({
    "jwt, urn:ietf:params:oauth:token-type:jwt",
    "id_token, urn:ietf:params:oauth:token-type:id_token",
    "urn:ietf:params:oauth:token-type:saml2, urn:ietf:params:oauth:token-type:saml2",
    "urn:mine:token, urn:mine:token"
  })
  void exchangeNamesTypesAsConfigured(String written, String sent) throws Exception {
    Asked asked =
        asked(
            "token-exchange",
            "percred.oauth.subject-token-type",
            written,
            "percred.oauth.requested-token-type",
            written);

    assertThat(asked.form())
        .containsEntry("subject_token_type", sent)
        .containsEntry("requested_token_type", sent);
  }

  @Test
  void exchangeThatIsToldNothingNamesAnAccessToken() throws Exception {
    assertThat(asked("token-exchange").form())
        .containsEntry("subject_token_type", TYPE + "access_token")
        .doesNotContainKeys("requested_token_type", "resource", "audience");
  }

  @ParameterizedTest
  @CsvSource({"client-credentials", "refresh-token", "token-exchange", "jwt-bearer"})
  void resourcesAreSentBesideTheAudience(String supplier) throws Exception {
    Asked asked =
        asked(
            supplier,
            "percred.oauth.audience",
            "pg",
            "percred.oauth.resource",
            "https://one.example, urn:two");

    assertThat(asked.form()).containsEntry("audience", "pg");
    assertThat(asked.body())
        .contains("resource=https%3A%2F%2Fone.example")
        .contains("resource=urn%3Atwo");
  }

  @ParameterizedTest
  @CsvSource({"on_behalf_of, on_behalf_of", "other, other", "none,"})
  void useOfTheTokenIsWhatIsConfigured(String written, String sent) throws Exception {
    Asked asked = asked("jwt-bearer", "percred.oauth.requested-token-use", written);
    assertThat(asked.form().get("requested_token_use")).isEqualTo(sent);
  }

  @Test
  void assertionIsForWhomTheProviderWantsAndNamesTheCertificate() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).keyID("k").generate();
    SignedJWT plain = assertion(key);
    assertThat(plain.getJWTClaimsSet().getAudience()).containsExactly(endpoint.url("/token"));
    assertThat(plain.getHeader().toJSONObject()).doesNotContainKeys("x5t", "x5t#S256");

    SignedJWT named =
        assertion(
            key,
            "percred.oauth.assertion-audience",
            "https://issuer.example",
            "percred.oauth.client-certificate",
            CERTIFICATE);
    assertThat(named.getJWTClaimsSet().getAudience()).containsExactly("https://issuer.example");
    assertThat(named.getHeader().toJSONObject())
        .containsEntry("x5t", "MjScDJz_9KxZVqdL-NGAGDmYWGU")
        .containsEntry("x5t#S256", "B1_BA_LWPMDlHT5C_VQbo0-4sbU728FIf6GlwxYC3ZU")
        .containsEntry("kid", "k");
  }

  @ParameterizedTest
  @CsvSource({
    "percred.oauth.resource, not absolute",
    "percred.oauth.resource, relative/path",
    "percred.oauth.subject-token-type, bad%:type"
  })
  void whatCannotBeSentIsRefusedAtOnce(String property, String value) {
    assertThatThrownBy(
            () ->
                Suppliers.of(
                    "token-exchange", Suppliers.at(endpoint.url("/t"), property, value), clock))
        .hasMessageContaining(property)
        .hasMessageContaining("PERCRED-501");
  }

  @Test
  void certificateThatIsNoneIsRefusedAtOnce() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).generate();
    assertThatThrownBy(() -> assertion(key, "percred.oauth.client-certificate", "planted"))
        .hasMessageContaining("percred.oauth.client-certificate")
        .hasMessageNotContaining("planted");
  }

  private SignedJWT assertion(RSAKey key, String... more) throws Exception {
    String[] all = new String[more.length + 4];
    System.arraycopy(more, 0, all, 4, more.length);
    all[0] = "percred.oauth.client-auth";
    all[1] = "private-key-jwt";
    all[2] = "percred.oauth.client-secret";
    all[3] = key.toJSONString();
    return SignedJWT.parse(asked("client-credentials", all).form().get("client_assertion"));
  }

  private Asked asked(String name, String... more) throws Exception {
    try (TokenSupplier supplier =
        Suppliers.of(name, Suppliers.at(endpoint.url("/token"), more), clock)) {
      Suppliers.supply(supplier, JWT, clock);
    }
    return endpoint.asked().get(endpoint.count() - 1);
  }

  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBczCCARmgAwIBAgIUQPsbjxY57go+77RUXZigftd2q2wwCgYIKoZIzj0EAwIw
      DzENMAsGA1UEAwwEc2hvcDAeFw0yNjExMjgxMTQyMzdaFw0zNjExMjUxMTQyMzda
      MA8xDTALBgNVBAMMBHNob3AwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQHH1/H
      GYjBSDoogZzvqgJ9iN1GLF632DKiJeEpeenquwNFZ6sdb9JYVDwQN2lTUG6x4lGN
      jJQjFA4XYG8BQWTAo1MwUTAdBgNVHQ4EFgQUn+ouZBs3rY8YacvaKVYNeKvdnKQw
      HwYDVR0jBBgwFoAUn+ouZBs3rY8YacvaKVYNeKvdnKQwDwYDVR0TAQH/BAUwAwEB
      /zAKBggqhkjOPQQDAgNIADBFAiBWTnnc0vxawiMJx0wqyKJAiuC3P0HVI0kfsIR1
      UjEGaAIhAPsT/YwGwDzeqcehQ4ozHqihkX+BOqAarb30iyGPTqC6
      -----END CERTIFICATE-----
      """;
}
