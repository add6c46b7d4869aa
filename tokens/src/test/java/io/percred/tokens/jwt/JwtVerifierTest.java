package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredError;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtVerifierTest {
  private static final long NOW = 1_800_000_000L;
  private final SetClock clock = new SetClock(Instant.ofEpochSecond(NOW));

  @Test
  void acceptedCredentialNamesSubjectClientAndIssuer() throws Exception {
    Credential accepted =
        accepted("{'iss':'https://auth.example','sub':'alice','azp':'web','exp':1800000600}");

    assertThat(accepted.principal()).isEqualTo("alice web https://auth.example");
    assertThat(accepted.hasTrustedPrincipal()).isTrue();
    assertThat(accepted.expiry()).isEqualTo(Instant.ofEpochSecond(NOW + 600 + 30));
    assertThat(accepted.claims()).containsEntry("sub", "alice");
  }

  @Test
  void sameSubjectOfAnotherIssuerOrClientIsAnotherPrincipal() throws Exception {
    assertThat(
            Set.of(
                accepted("{'iss':'a','sub':'alice'}").principal(),
                accepted("{'iss':'b','sub':'alice'}").principal(),
                accepted("{'iss':'a','sub':'alice','client_id':'web'}").principal(),
                accepted("{'iss':'a','sub':'alice web'}").principal(),
                accepted("{'iss':'a','sub':'alice','client_id':'-'}").principal(),
                accepted("{'iss':'web a','sub':'alice'}").principal(),
                accepted("{'sub':'alice'}").principal()))
        .hasSize(7);
  }

  @Test
  void tokenWithoutSubjectKeepsTheNameTheApplicationGave() throws Exception {
    String token = TestKeys.hs256("{'role':'anon'}");
    CredentialVerifier verifier = verifier();

    assertThat(credential(verifier.verify(Credential.of(token), Contexts.TARGET)))
        .satisfies(bare -> assertThat(bare.hasTrustedPrincipal()).isFalse());
    assertThat(credential(verifier.verify(Credential.of(token, "alice"), Contexts.TARGET)))
        .extracting(Credential::principal)
        .isEqualTo("alice");
    assertThat(credential(verifier.verify(Credential.of(token, "bob"), Contexts.TARGET)))
        .extracting(Credential::principal)
        .isEqualTo("bob");
  }

  @Test
  void verifiedSubjectReplacesTheNameTheApplicationGave() throws Exception {
    Credential forged = Credential.of(TestKeys.hs256("{'iss':'a','sub':'alice'}"), "root");

    assertThat(credential(verifier().verify(forged, Contexts.TARGET)).principal())
        .isEqualTo("alice - a");
  }

  @Test
  void earlierExpiryOfTheApplicationStays() throws Exception {
    Instant soon = Instant.ofEpochSecond(NOW + 5);
    String token = TestKeys.hs256("{'sub':'alice','exp':1800000600}");
    CredentialVerifier verifier = verifier();
    verifier.verify(Credential.of(token), Contexts.TARGET);

    Verdict verdict = verifier.verify(Credential.of(token).withExpiry(soon), Contexts.TARGET);

    assertThat(credential(verdict).expiry()).isEqualTo(soon);
  }

  @Test
  void claimsAreUnmodifiableAllTheWayDown() throws Exception {
    Credential accepted = accepted("{'app':{'roles':['a']},'sub':'alice','nothing':null}");
    Map<String, Object> claims = Objects.requireNonNull(accepted.claims());

    assertThat(claims).containsKey("nothing");
    Map<?, ?> app = (Map<?, ?>) Objects.requireNonNull(claims.get("app"));
    assertThatThrownBy(app::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest(name = "{0} with 30 s leeway: {1}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "{'exp':1799999970}, ok",
        "{'exp':1799999969}, expired at 2027-01-15T07:59:29Z",
        "{'exp':1799999969.5}, expired at 2027-01-15T07:59:29.500Z",
        "{'exp':1799999970.5}, ok",
        "{'exp':1e300}, ok",
        "{'exp':null}, ok",
        "{'exp':'1900000000'}, the claim exp is not a number",
        "{'exp':true}, the claim exp is not a number",
        "{'nbf':1800000030}, ok",
        "{'nbf':1800000031}, \"not valid before 2027-01-15T08:00:31Z\"",
        "{'nbf':null}, ok",
        "{'iat':1800000030}, ok",
        "{'iat':1800000031}, \"issued in the future, at 2027-01-15T08:00:31Z\"",
        "{'iat':[]}, the claim iat is not a number",
        "{}, ok"
      })
  void timesFollowPostgrestAndFractionsCount(String claims, String outcome) throws Exception {
    assertThat(judged(verifier(), claims)).isEqualTo(outcome);
  }

  @ParameterizedTest(name = "aud {0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{'aud':'shop'} | ok",
        "{'aud':['other','shop']} | ok",
        "{} | ok",
        "{'aud':null} | ok",
        "{'aud':[]} | ok",
        "{'aud':'other'} | it is not for the audience shop or app",
        "{'aud':['other']} | it is not for the audience shop or app",
        "{'aud':5} | the claim aud is neither a string nor an array of strings",
        "{'aud':['shop',5]} | the claim aud is neither a string nor an array of strings"
      })
  void audienceFollowsPostgrest(String claims, String outcome) throws Exception {
    assertThat(judged(verifier("percred.jwt.audience", "shop, app"), claims)).isEqualTo(outcome);
  }

  @Test
  void anythingGoesForTheAudienceIfNoneIsConfigured() throws Exception {
    assertThat(judged(verifier(), "{'aud':'whoever'}")).isEqualTo("ok");
  }

  @Test
  void requiredClaimsMustBePresentAndNotNull() throws Exception {
    CredentialVerifier verifier = verifier("percred.jwt.required-claims", "exp, aud");

    assertThat(judged(verifier, "{'exp':1800000600,'aud':'x'}")).isEqualTo("ok");
    assertThat(judged(verifier, "{'aud':'x'}")).isEqualTo("it lacks the claim exp");
    assertThat(judged(verifier, "{'exp':1800000600,'aud':null}"))
        .isEqualTo("it lacks the claim aud");
  }

  @Test
  void issuerMustBeExactlyTheConfiguredOne() throws Exception {
    CredentialVerifier verifier = verifier("percred.jwt.issuer", "https://auth.example");

    assertThat(judged(verifier, "{'iss':'https://auth.example'}")).isEqualTo("ok");
    assertThat(judged(verifier, "{'iss':'https://auth.example/'}")).contains("not from the issuer");
    assertThat(judged(verifier, "{}")).contains("not from the issuer");
  }

  @Test
  void timesAreCheckedAgainAtEveryUse() throws Exception {
    CredentialVerifier verifier = verifier("percred.jwt.leeway", "0s");
    Credential credential =
        Credential.of(TestKeys.hs256("{'sub':'a','nbf':1800000010,'exp':1800000020}"));

    assertThat(reason(verifier.verify(credential, Contexts.TARGET))).startsWith("not valid before");
    clock.advance(Duration.ofSeconds(10));
    assertThat(reason(verifier.verify(credential, Contexts.TARGET))).isEqualTo("ok");
    assertThat(verifier.verify(credential, Contexts.TARGET))
        .as("the verdict is remembered")
        .isSameAs(verifier.verify(credential, Contexts.TARGET));
    clock.advance(Duration.ofSeconds(11));
    assertThat(reason(verifier.verify(credential, Contexts.TARGET))).startsWith("expired at");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "a.b", "a.b.c.d", "a.b.c", "..", "eyJhbGciOiJIUzI1NiJ9..", "....x"})
  void whatIsNoTokenIsDenied(String text) throws Exception {
    assertThat(verifier().verify(Credential.of(text), Contexts.TARGET))
        .isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void encryptedTokensAreDeniedByName() throws Exception {
    Verdict verdict = verifier().verify(Credential.of("a.b.c.d.e"), Contexts.TARGET);
    assertThat(reason(verdict)).isEqualTo("it is an encrypted token, which is not supported");
  }

  @Test
  void publicKeyUsedAsSharedSecretIsDenied() throws Exception {
    RSAKey rsa = (RSAKey) GeneratedKeys.of("RSA");
    byte[] published = rsa.toRSAPublicKey().getEncoded();
    String forged =
        TestKeys.sign(JWSAlgorithm.HS256, new MACSigner(published), null, "{'sub':'root'}");

    Verdict verdict = byJwks(rsa.toPublicJWK()).verify(Credential.of(forged), Contexts.TARGET);

    assertThat(reason(verdict)).isEqualTo("no configured key may be used with its algorithm HS256");
  }

  @Test
  void passphraseIsForHs256Only() throws Exception {
    byte[] longSecret = (TestKeys.SECRET + TestKeys.SECRET).getBytes(StandardCharsets.UTF_8);
    String token =
        TestKeys.sign(JWSAlgorithm.HS512, new MACSigner(longSecret), null, "{'sub':'a'}");
    CredentialVerifier verifier = verifier("percred.jwt.secret", TestKeys.SECRET.repeat(2));

    assertThat(reason(verifier.verify(Credential.of(token), Contexts.TARGET)))
        .isEqualTo("no configured key may be used with its algorithm HS512");
  }

  @Test
  void tokenThatNamesAnotherKeyIsDenied() throws Exception {
    JWK key = GeneratedKeys.generate("P-256", "one");
    JWK stranger = GeneratedKeys.generate("P-256", "two");
    String token = TestKeys.sign(stranger, JWSAlgorithm.ES256, "{'sub':'a'}");

    assertThat(reason(byJwks(key.toPublicJWK()).verify(Credential.of(token), Contexts.TARGET)))
        .isEqualTo("there is no key with its key id two");
  }

  @Test
  void tokenThatNamesTheRightKeyAndIsSignedByAnotherIsDenied() throws Exception {
    JWK key = GeneratedKeys.generate("P-256", "one");
    JWK forger = GeneratedKeys.generate("P-256", "one");
    String token = TestKeys.sign(forger, JWSAlgorithm.ES256, "{'sub':'a'}");

    assertThat(reason(byJwks(key.toPublicJWK()).verify(Credential.of(token), Contexts.TARGET)))
        .isEqualTo("its signature is not by a configured key");
  }

  @Test
  void keyInTheTokenItselfIsNotBelieved() throws Exception {
    RSAKey forger = (RSAKey) GeneratedKeys.generate("RSA", null);
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(forger.toPublicJWK()).build();
    String token =
        TestKeys.sign(header, new com.nimbusds.jose.crypto.RSASSASigner(forger), "{'sub':'a'}");

    CredentialVerifier verifier = byJwks(GeneratedKeys.of("RSA").toPublicJWK());

    assertThat(reason(verifier.verify(Credential.of(token), Contexts.TARGET)))
        .isEqualTo("its signature is not by a configured key");
  }

  @Test
  void criticalExtensionsAreDenied() throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.HS256)
            .criticalParams(Set.of("exp"))
            .customParam("exp", 1)
            .build();
    String token =
        TestKeys.sign(
            header,
            TestKeys.macSigner(TestKeys.SECRET.getBytes(StandardCharsets.UTF_8)),
            "{'sub':'a'}");

    assertThat(reason(verifier().verify(Credential.of(token), Contexts.TARGET)))
        .contains("extension that is not supported");
  }

  @Test
  void keysThatStandInTheUrlThemselvesAreRefused() {
    String set = "{\"keys\":[" + GeneratedKeys.of("RSA").toPublicJWK().toJSONString() + "]}";
    GivenSettings typed = GivenSettings.of("percred.jwt.jwks", set).inUrl("percred.jwt.jwks");
    assertThatThrownBy(() -> new JwtVerifierProvider().create(Contexts.provider(typed, clock)))
        .hasMessageContaining("PERCRED-503");
  }

  @Test
  void secretAndPublicKeysWorkSideBySide() throws Exception {
    JWK key = GeneratedKeys.of("P-256");
    CredentialVerifier verifier =
        verifier("percred.jwt.jwks", "{\"keys\":[" + key.toPublicJWK().toJSONString() + "]}");

    assertThat(judged(verifier, "{'sub':'a'}")).isEqualTo("ok");
    String byKey = TestKeys.sign(key, JWSAlgorithm.ES256, "{'sub':'a'}");
    assertThat(reason(verifier.verify(Credential.of(byKey), Contexts.TARGET))).isEqualTo("ok");
  }

  @Test
  void secretOrPrivateKeysAreRefusedWherePublicOnesBelong() {
    for (String kind : new String[] {"oct", "RSA"}) {
      String set = "{\"keys\":[" + GeneratedKeys.of(kind).toJSONString() + "]}";
      assertThatThrownBy(() -> verifier("percred.jwt.jwks", set))
          .isInstanceOfSatisfying(
              SQLException.class,
              refused -> {
                assertThat(PercredError.stableCodeOf(refused)).isEqualTo("PERCRED-501");
                assertThat(refused.getSQLState()).isEqualTo("22023");
                assertThat(refused.getMessage()).contains("percred.jwt.secret");
              });
    }
  }

  @Test
  void shortPassphraseIsRefusedAtOnce() {
    assertThatThrownBy(() -> verifier("percred.jwt.secret", "only thirty-one bytes are in it"))
        .isInstanceOfSatisfying(
            SQLException.class,
            refused -> {
              assertThat(refused.getSQLState()).isEqualTo("22023");
              assertThat(refused.getMessage()).doesNotContain("thirty-one");
            });
  }

  @Test
  void verifierWithoutAnyKeyIsRefusedNamingWhatIsMissing() {
    assertThatThrownBy(
            () -> new JwtVerifierProvider().create(Contexts.provider(GivenSettings.of(), clock)))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("percred.jwt.secret or percred.jwt.jwks");
  }

  private Credential accepted(String claims) throws Exception {
    return credential(verifier().verify(Credential.of(TestKeys.hs256(claims)), Contexts.TARGET));
  }

  private static Credential credential(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).credential();
  }

  private static String judged(CredentialVerifier verifier, String claims) {
    return reason(verifier.verify(Credential.of(TestKeys.hs256(claims)), Contexts.TARGET));
  }

  private static String reason(Verdict verdict) {
    return verdict instanceof Verdict.Denied denied
        ? denied.reason()
        : verdict instanceof Verdict.Accepted ? "ok" : verdict.toString();
  }

  private CredentialVerifier byJwks(JWK key) throws SQLException {
    GivenSettings settings = GivenSettings.of("percred.jwt.jwks", key.toJSONString());
    return new JwtVerifierProvider().create(Contexts.provider(settings, clock));
  }

  private CredentialVerifier verifier(String... properties) throws SQLException {
    Map<String, String> values = new HashMap<>();
    values.put("percred.jwt.secret", TestKeys.SECRET);
    for (int i = 0; i < properties.length; i += 2) {
      values.put(properties[i], properties[i + 1]);
    }
    return new JwtVerifierProvider().create(Contexts.provider(GivenSettings.of(values), clock));
  }
}
