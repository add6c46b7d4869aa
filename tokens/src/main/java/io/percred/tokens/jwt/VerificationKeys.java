package io.percred.tokens.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.percred.tokens.jwt.VerificationKey.UnusableKeyException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys in force at one time. Immutable; two are the same only if they are identical. */
final class VerificationKeys {
  private static final Logger LOG = LoggerFactory.getLogger(VerificationKeys.class);

  private final List<VerificationKey> keys;

  private VerificationKeys(List<VerificationKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * The keys that a secret stands for: a JWK set, a single JWK, or else a passphrase.
   *
   * @throws UnusableKeyException if it stands for none
   */
  static VerificationKeys ofSecret(String secret) throws UnusableKeyException {
    if (!secret.stripLeading().startsWith("{")) {
      return new VerificationKeys(List.of(VerificationKey.ofPassphrase(secret)));
    }
    VerificationKeys keys = new VerificationKeys(parse(secret, false));
    if (keys.keys.isEmpty()) {
      throw new UnusableKeyException("it holds no key that can verify tokens");
    }
    return keys;
  }

  /**
   * The public keys of a JWK set; keys of other kinds in it are passed over, and it may be empty.
   *
   * @throws UnusableKeyException if it is no JWK set, or holds a secret: what is published must not
   *     be able to sign
   */
  static VerificationKeys ofPublicSet(String json) throws UnusableKeyException {
    return new VerificationKeys(parse(json, true));
  }

  private static List<VerificationKey> parse(String json, boolean onlyPublic)
      throws UnusableKeyException {
    List<VerificationKey> keys = new ArrayList<>();
    for (JWK jwk : jwks(json)) {
      if (onlyPublic && (jwk.isPrivate() || KeyType.OCT.equals(jwk.getKeyType()))) {
        throw new UnusableKeyException(
            "it holds a secret or private key; those belong in percred.jwt.secret");
      }
      try {
        keys.add(VerificationKey.of(jwk));
      } catch (UnusableKeyException e) {
        LOG.debug("A key of the JWK set is passed over: {}", e.getMessage());
      }
    }
    return keys;
  }

  private static List<JWK> jwks(String json) throws UnusableKeyException {
    try {
      Map<String, Object> object = JSONObjectUtils.parse(json);
      return object.containsKey("keys")
          ? JWKSet.parse(object).getKeys()
          : List.of(JWK.parse(object));
    } catch (ParseException | RuntimeException e) {
      throw new UnusableKeyException("it is neither a JWK set nor a JWK");
    }
  }

  List<VerificationKey> keys() {
    return keys;
  }

  /** Shows the keys' ids. */
  @Override
  public String toString() {
    return keys.toString();
  }
}
