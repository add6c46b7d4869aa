package io.percred.snowflake.emulator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.UUID;

/**
 * A small issuer of access tokens for trying the emulator and for tests that need expiry on the
 * emulator's own clock. The emulator trusts it unless another issuer was configured. Immutable and
 * thread-safe.
 */
public final class TokenIssuer {
  private final String issuer;
  private final String audience;
  private final Clock clock;
  private final ECKey key;

  /**
   * An issuer with a fresh ES256 key.
   *
   * @param issuer the {@code iss} of its tokens
   * @param audience the {@code aud} of its tokens
   * @param clock tells {@code iat} and {@code exp}
   */
  public TokenIssuer(String issuer, String audience, Clock clock) {
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
    try {
      this.key = new ECKeyGenerator(Curve.P_256).keyID(UUID.randomUUID().toString()).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("This JVM has no P-256 keys", e);
    }
  }

  /** The {@code iss} of its tokens. */
  public String issuer() {
    return issuer;
  }

  /** The {@code aud} of its tokens. */
  public String audience() {
    return audience;
  }

  /** The public keys as a JWKS document. */
  public String jwks() {
    return new JWKSet(key.toPublicJWK()).toString();
  }

  /**
   * A token for {@code subject} with the scope {@code session:role:ROLE}.
   *
   * @param lifetime from now on the clock; expiry is rounded down to the second
   */
  public String token(String subject, String role, Duration lifetime) {
    return tokenWithScope(subject, "session:role:" + role, clock.instant().plus(lifetime));
  }

  /** A token with any scope, for instance {@code session:role-any}, that expires at an instant. */
  public String tokenWithScope(String subject, String scope, Instant expiresAt) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience(audience)
            .subject(subject)
            .claim("scp", scope)
            .jwtID(UUID.randomUUID().toString())
            .issueTime(Date.from(clock.instant()))
            .expirationTime(Date.from(expiresAt))
            .build();
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
    try {
      jwt.sign(new ECDSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException("The key of this issuer cannot sign", e);
    }
    return jwt.serialize();
  }
}
