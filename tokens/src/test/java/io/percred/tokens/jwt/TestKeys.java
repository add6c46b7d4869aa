package io.percred.tokens.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Signs what a test writes, however malformed. */
final class TestKeys {
  static final String SECRET = "a passphrase of more than thirty-two bytes";

  private TestKeys() {}

  static String hs256(String claims) {
    return sign(
        JWSAlgorithm.HS256, macSigner(SECRET.getBytes(StandardCharsets.UTF_8)), null, claims);
  }

  static String sign(JWK key, JWSAlgorithm algorithm, String claims) {
    return sign(algorithm, signer(key), key.getKeyID(), claims);
  }

  static String sign(
      JWSAlgorithm algorithm, JWSSigner signer, @Nullable String keyId, String claims) {
    JWSHeader header =
        new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(keyId).build();
    return sign(header, signer, claims);
  }

  static String sign(JWSHeader header, JWSSigner signer, String claims) {
    String input = header.toBase64URL() + "." + Base64URL.encode(claims.replace('\'', '"'));
    try {
      return input + "." + signer.sign(header, input.getBytes(StandardCharsets.US_ASCII));
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static JWSSigner macSigner(byte[] secret) {
    try {
      return new MACSigner(secret);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static JWSSigner signer(JWK key) {
    try {
      if (key instanceof RSAKey rsa) {
        return new RSASSASigner(rsa);
      }
      if (key instanceof ECKey ec) {
        return new ECDSASigner(ec);
      }
      return new MACSigner((OctetSequenceKey) key);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
