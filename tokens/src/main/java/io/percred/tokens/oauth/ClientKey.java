package io.percred.tokens.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.id.ClientID;
import io.percred.spi.PercredError;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A private key that signs client assertions (RFC 7523, section 2.2): a JWK, or PKCS#8 in PEM.
 *
 * @param algorithm what it signs with
 * @param id the key id in the assertion's header, or null
 * @param signer signs
 * @param certificate the certificate that the assertion names, or null
 */
record ClientKey(
    JWSAlgorithm algorithm,
    @Nullable String id,
    JWSSigner signer,
    @Nullable ClientCertificate certificate) {
  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final Map<Integer, JWSAlgorithm> BY_FIELD_SIZE =
      Map.of(256, JWSAlgorithm.ES256, 384, JWSAlgorithm.ES384, 521, JWSAlgorithm.ES512);

  /**
   * Reads a key.
   *
   * @throws SQLException with SQLSTATE 22023 if it is none that can sign; shows nothing of it
   */
  static ClientKey parse(String text) throws SQLException {
    try {
      Matcher pem = PEM.matcher(text.strip());
      return pem.matches() ? ofPkcs8(pem.group(1)) : ofJwk(JWK.parse(text));
    } catch (ParseException | JOSEException | GeneralSecurityException | RuntimeException e) {
      throw unusable();
    }
  }

  /** This key, with a certificate for it. */
  ClientKey with(ClientCertificate other) {
    return new ClientKey(algorithm, id, signer, other);
  }

  /** A proof of being {@code client}, for {@code audience} only, good for a minute. */
  PrivateKeyJWT assertionOf(ClientID client, String audience, Instant now) throws SQLException {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(client.getValue())
            .subject(client.getValue())
            .audience(audience)
            .jwtID(UUID.randomUUID().toString())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFETIME)))
            .build();
    JWSHeader.Builder header = new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(id);
    if (certificate != null) {
      certificate.nameIn(header);
    }
    SignedJWT assertion = new SignedJWT(header.build(), claims);
    try {
      assertion.sign(signer);
      return new PrivateKeyJWT(assertion);
    } catch (JOSEException | RuntimeException e) {
      throw unusable();
    }
  }

  private static ClientKey ofJwk(JWK jwk) throws JOSEException, ParseException {
    if (!jwk.isPrivate()) {
      throw new ParseException("not private", 0);
    }
    JWSAlgorithm named =
        jwk.getAlgorithm() == null ? null : JWSAlgorithm.parse(jwk.getAlgorithm().getName());
    if (jwk instanceof RSAKey rsa) {
      JWSAlgorithm algorithm = named == null ? JWSAlgorithm.RS256 : named;
      return new ClientKey(algorithm, jwk.getKeyID(), new RSASSASigner(rsa), null);
    }
    ECDSASigner signer = new ECDSASigner((ECKey) jwk);
    return new ClientKey(signer.supportedECDSAAlgorithm(), jwk.getKeyID(), signer, null);
  }

  private static ClientKey ofPkcs8(String base64)
      throws GeneralSecurityException, JOSEException, ParseException {
    byte[] encoded = Base64.getMimeDecoder().decode(base64);
    for (String kind : new String[] {"RSA", "EC"}) {
      PrivateKey key;
      try {
        key = KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        continue; // A key of another kind.
      }
      if (key instanceof ECPrivateKey ec) {
        int size = ec.getParams().getCurve().getField().getFieldSize();
        JWSAlgorithm algorithm = BY_FIELD_SIZE.get(size);
        if (algorithm == null) {
          throw new ParseException("unsupported curve", 0);
        }
        return new ClientKey(algorithm, null, new ECDSASigner(ec), null);
      }
      return new ClientKey(JWSAlgorithm.RS256, null, new RSASSASigner(key), null);
    }
    throw new ParseException("unknown kind of key", 0);
  }

  private static SQLException unusable() {
    return PercredError.of(
            TokensError.BAD_VALUE,
            TokensProperty.OAUTH_CLIENT_SECRET.key(),
            "for client-auth=private-key-jwt it is a private RSA or EC key, as JWK or as"
                + " PKCS#8 in PEM")
        .toSqlException();
  }

  /** Shows algorithm and key id, nothing of the key. */
  @Override
  public String toString() {
    return "ClientKey[algorithm=" + algorithm + ", id=" + id + "]";
  }
}
