package io.percred.tokens.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.impl.EdDSAProvider;
import com.nimbusds.jose.util.Base64URL;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/**
 * Verifies Ed25519 signatures (RFC 8037) by the Java platform, which has them since 15. Nimbus's
 * own need Google Tink, some megabytes for one algorithm.
 */
final class Ed25519 {
  private static final String ALGORITHM = "Ed25519";
  private static final int KEY_LENGTH = 32;

  private Ed25519() {}

  /**
   * The public key that 32 octets encode (RFC 8032, section 5.1.2): little-endian y, whose highest
   * bit tells whether x is odd.
   */
  static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
    if (encoded.length != KEY_LENGTH) {
      throw new GeneralSecurityException("An Ed25519 key has " + KEY_LENGTH + " octets");
    }
    byte[] bigEndian = new byte[KEY_LENGTH];
    for (int i = 0; i < KEY_LENGTH; i++) {
      bigEndian[i] = encoded[KEY_LENGTH - 1 - i];
    }
    boolean odd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    EdECPoint point = new EdECPoint(odd, new BigInteger(1, bigEndian));
    return KeyFactory.getInstance(ALGORITHM)
        .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
  }

  /** Verifies with a public key. */
  static final class Verifier extends EdDSAProvider implements JWSVerifier {
    private final PublicKey key;

    Verifier(PublicKey key) {
      this.key = key;
    }

    @Override
    public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature)
        throws JOSEException {
      try {
        Signature check = Signature.getInstance(ALGORITHM);
        check.initVerify(key);
        check.update(signingInput);
        return check.verify(signature.decode());
      } catch (java.security.SignatureException e) {
        return false; // The platform throws for a signature of the wrong shape.
      } catch (GeneralSecurityException e) {
        throw new JOSEException("Ed25519 is not available", e);
      }
    }
  }
}
