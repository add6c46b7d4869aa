package io.percred.tokens.jwt;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One key and the algorithms it may be used with. Those follow from the kind of key alone, so that
 * a token cannot choose how it is checked (RFC 8725, section 3.1). Thread-safe.
 */
final class VerificationKey {
  private static final int SHORTEST_RSA_BITS = 2048;
  private static final int SHORTEST_SECRET_BYTES = 32;
  private static final Set<JWSAlgorithm> EDDSA = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

  private final @Nullable String id;
  private final Set<JWSAlgorithm> algorithms;
  private final JWSVerifier verifier;

  private VerificationKey(@Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
    this.id = id;
    this.algorithms = algorithms;
    this.verifier = verifier;
  }

  /**
   * The key of a passphrase, for HS256 only.
   *
   * @throws UnusableKeyException if it is too short
   */
  static VerificationKey ofPassphrase(String passphrase) throws UnusableKeyException {
    byte[] secret = passphrase.getBytes(StandardCharsets.UTF_8);
    if (secret.length < SHORTEST_SECRET_BYTES) {
      throw new UnusableKeyException(
          "a passphrase for HS256 has at least " + SHORTEST_SECRET_BYTES + " bytes");
    }
    try {
      return new VerificationKey(null, Set.of(JWSAlgorithm.HS256), new MACVerifier(secret));
    } catch (JOSEException e) {
      throw new UnusableKeyException("the passphrase cannot be used for HS256");
    }
  }

  /**
   * A key of a JWK set.
   *
   * @throws UnusableKeyException if it is not meant for verifying, or of a kind that is not
   *     supported
   */
  static VerificationKey of(JWK jwk) throws UnusableKeyException {
    KeyUse use = jwk.getKeyUse();
    Set<KeyOperation> operations = jwk.getKeyOperations();
    boolean forVerifying =
        (use == null || use.equals(KeyUse.SIGNATURE))
            && (operations == null || operations.contains(KeyOperation.VERIFY));
    if (!forVerifying) {
      throw new UnusableKeyException("it is not meant for verifying signatures");
    }
    VerificationKey key;
    try {
      key = ofKind(jwk);
    } catch (JOSEException | GeneralSecurityException e) {
      throw new UnusableKeyException("its values make no key");
    }
    Algorithm only = jwk.getAlgorithm();
    if (only == null) {
      return key;
    }
    JWSAlgorithm algorithm = JWSAlgorithm.parse(only.getName());
    if (!key.algorithms.contains(algorithm)) {
      throw new UnusableKeyException("its algorithm does not fit its type");
    }
    return new VerificationKey(key.id, Set.of(algorithm), key.verifier);
  }

  private static VerificationKey ofKind(JWK jwk)
      throws JOSEException, GeneralSecurityException, UnusableKeyException {
    String id = jwk.getKeyID();
    if (jwk instanceof RSAKey rsa) {
      if (rsa.size() < SHORTEST_RSA_BITS) {
        throw new UnusableKeyException("RSA needs at least " + SHORTEST_RSA_BITS + " bits");
      }
      RSASSAVerifier verifier = new RSASSAVerifier(rsa.toRSAPublicKey());
      return new VerificationKey(id, verifier.supportedJWSAlgorithms(), verifier);
    }
    if (jwk instanceof ECKey ec && !ec.getCurve().equals(Curve.SECP256K1)) {
      ECDSAVerifier verifier = new ECDSAVerifier(ec.toECPublicKey());
      return new VerificationKey(id, verifier.supportedJWSAlgorithms(), verifier);
    }
    if (jwk instanceof OctetKeyPair pair && pair.getCurve().equals(Curve.Ed25519)) {
      Ed25519.Verifier verifier = new Ed25519.Verifier(Ed25519.publicKey(pair.getX().decode()));
      return new VerificationKey(id, EDDSA, verifier);
    }
    if (jwk instanceof OctetSequenceKey secret) {
      MACVerifier verifier = new MACVerifier(secret.toByteArray());
      return new VerificationKey(id, verifier.supportedJWSAlgorithms(), verifier);
    }
    throw new UnusableKeyException("keys of its type or curve are not supported");
  }

  /** Whether a token with this header may be checked with this key. */
  boolean fits(JWSHeader header) {
    return (header.getKeyID() == null || header.getKeyID().equals(id))
        && algorithms.contains(header.getAlgorithm());
  }

  /** Whether this is the key that the token asks for, fitting or not. */
  boolean isNamedBy(JWSHeader header) {
    return header.getKeyID() == null || header.getKeyID().equals(id);
  }

  /** Whether the signature is this key's. */
  boolean verifies(JWSHeader header, byte[] signingInput, Base64URL signature) {
    try {
      return verifier.verify(header, signingInput, signature);
    } catch (JOSEException e) {
      return false;
    }
  }

  /** Shows the key's id and algorithms, nothing of the key. */
  @Override
  public String toString() {
    return "VerificationKey[id=" + id + ", algorithms=" + algorithms + "]";
  }

  /** A key that cannot verify tokens; the message says why and shows nothing of the key. */
  static final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableKeyException(String reason) {
      super(reason);
    }
  }
}
