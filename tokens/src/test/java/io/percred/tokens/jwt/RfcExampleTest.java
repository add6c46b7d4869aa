package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RfcExampleTest {
  private final SetClock clock = new SetClock(Instant.ofEpochSecond(RfcVectors.EXPIRY - 60));

  @Test
  void rfc7515TokensVerifyWithTheirKeysOnly() throws Exception {
    List<String> keys = List.of(RfcVectors.HS256_KEY, RfcVectors.RS256_KEY, RfcVectors.ES256_KEY);
    List<String> tokens =
        List.of(RfcVectors.HS256_TOKEN, RfcVectors.RS256_TOKEN, RfcVectors.ES256_TOKEN);
    for (int key = 0; key < keys.size(); key++) {
      for (int token = 0; token < tokens.size(); token++) {
        Verdict verdict = verifier(keys.get(key)).verify(of(tokens.get(token)), Contexts.TARGET);
        assertThat(verdict instanceof Verdict.Accepted)
            .as("key %s, token %s: %s", key, token, verdict)
            .isEqualTo(key == token);
      }
    }
  }

  @Test
  void rfc7515ClaimsArriveWithTheAcceptedCredential() throws Exception {
    Verdict verdict =
        verifier(RfcVectors.RS256_KEY).verify(of(RfcVectors.RS256_TOKEN), Contexts.TARGET);

    Credential accepted = ((Verdict.Accepted) verdict).credential();
    assertThat(accepted.claims())
        .containsEntry("iss", "joe")
        .containsEntry("http://example.com/is_root", true);
    assertThat(accepted.expiry()).isEqualTo(Instant.ofEpochSecond(RfcVectors.EXPIRY + 30));
  }

  @Test
  void rfc7515TokensAreDeniedOnceTheyHaveExpired() throws Exception {
    CredentialVerifier verifier = verifier(RfcVectors.HS256_KEY);
    clock.set(Instant.ofEpochSecond(RfcVectors.EXPIRY + 30));
    assertThat(verifier.verify(of(RfcVectors.HS256_TOKEN), Contexts.TARGET))
        .isInstanceOf(Verdict.Accepted.class);

    clock.set(Instant.ofEpochSecond(RfcVectors.EXPIRY + 31));
    assertThat(verifier.verify(of(RfcVectors.HS256_TOKEN), Contexts.TARGET))
        .isEqualTo(new Verdict.Denied("jwt", "expired at 2011-03-22T18:43:00Z"));
  }

  @Test
  void rfc7515UnsignedTokenIsDenied() throws Exception {
    assertThat(
            verifier(RfcVectors.HS256_KEY).verify(of(RfcVectors.UNSIGNED_TOKEN), Contexts.TARGET))
        .isEqualTo(new Verdict.Denied("jwt", "it is not signed (alg is none)"));
  }

  @Test
  void rfc7515Es512SignatureVerifiesAndItsPayloadIsNoToken() throws Exception {
    assertThat(signatureOf(RfcVectors.ES512_TOKEN, RfcVectors.ES512_KEY)).isTrue();
    assertThat(verifier(RfcVectors.ES512_KEY).verify(of(RfcVectors.ES512_TOKEN), Contexts.TARGET))
        .isEqualTo(new Verdict.Denied("jwt", "its claims are not JSON"));
  }

  @Test
  void rfc7517SetHasOneKeyThatVerifies() throws Exception {
    JWK rsa = JWKSet.parse(RfcVectors.JWK_SET).getKeyByKeyId("2011-04-29");
    // RFC 7638, section 3.1: shows that the example was copied right.
    assertThat(rsa.computeThumbprint()).hasToString("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");

    VerificationKeys keys = VerificationKeys.ofPublicSet(RfcVectors.JWK_SET);

    assertThat(keys.keys()).hasSize(1);
    VerificationKey key = keys.keys().get(0);
    assertThat(key.fits(header(JWSAlgorithm.RS256, "2011-04-29"))).isTrue();
    assertThat(key.fits(header(JWSAlgorithm.RS256, null))).isTrue();
    assertThat(key.fits(header(JWSAlgorithm.RS256, "1"))).isFalse();
    assertThat(key.fits(header(JWSAlgorithm.PS256, "2011-04-29"))).isFalse();
  }

  @ParameterizedTest(name = "RFC 7518: {0}")
  @CsvSource({
    "HS256, oct", "HS384, oct", "HS512, oct", "RS256, RSA", "RS384, RSA", "RS512, RSA",
    "PS256, RSA", "PS384, RSA", "PS512, RSA", "ES256, P-256", "ES384, P-384", "ES512, P-521"
  })
  void everySigningAlgorithmOfRfc7518FitsItsKindOfKeyOnly(String algorithm, String kind)
      throws Exception {
    JWSAlgorithm alg = JWSAlgorithm.parse(algorithm);
    for (String other : List.of("oct", "RSA", "P-256", "P-384", "P-521", "Ed25519")) {
      JWK jwk = GeneratedKeys.of(other);
      boolean fits = VerificationKey.of(jwk).fits(header(alg, null));
      assertThat(fits).as(other).isEqualTo(other.equals(kind));
    }
    JWK own = GeneratedKeys.of(kind);
    String token = TestKeys.sign(own, alg, "{'sub':'alice'}");
    assertThat(verifier(own.toJSONString()).verify(of(token), Contexts.TARGET))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void rfc8037SignatureVerifiesWithThePlatformsEd25519() throws Exception {
    assertThat(signatureOf(RfcVectors.ED25519_TOKEN, RfcVectors.ED25519_KEY)).isTrue();
    String forged = RfcVectors.ED25519_TOKEN.replace("hgyY0", "hgyY1");
    assertThat(signatureOf(forged, RfcVectors.ED25519_KEY)).isFalse();
    // Six of 86 characters less are 60 octets exactly: short, and canonical base64url.
    String cut = RfcVectors.ED25519_TOKEN.substring(0, RfcVectors.ED25519_TOKEN.length() - 6);
    assertThat(signatureOf(cut, RfcVectors.ED25519_KEY)).isFalse();
  }

  private static boolean signatureOf(String token, String key) throws Exception {
    SignedToken parts = SignedToken.parse(token);
    VerificationKey verification = VerificationKey.of(JWK.parse(key));
    return verification.fits(parts.header())
        && verification.verifies(parts.header(), parts.signingInput(), parts.signature());
  }

  private CredentialVerifier verifier(String jwk) throws Exception {
    return new JwtVerifierProvider()
        .create(Contexts.provider(GivenSettings.of("percred.jwt.secret", jwk), clock));
  }

  private static JWSHeader header(JWSAlgorithm algorithm, @Nullable String keyId) {
    return new JWSHeader.Builder(algorithm).keyID(keyId).build();
  }

  private static Credential of(String token) {
    return Credential.of(token);
  }
}
