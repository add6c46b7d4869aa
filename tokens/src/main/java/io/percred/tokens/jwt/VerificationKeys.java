package io.percred.tokens.jwt;

import io.percred.tokens.json.JsonObjects;
import io.percred.tokens.jwt.VerificationKey.UnusableKeyException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The keys in force at one time. Immutable; two are the same only if they are identical. */
final class VerificationKeys {
  /** Far more than issuers publish: a token that names no key is tried with each. */
  private static final int MOST_KEYS = 256;

  private static final int MOST_REMARKS = 5;

  private final List<VerificationKey> keys;
  private final List<String> remarks;

  VerificationKeys(List<VerificationKey> keys, List<String> remarks) {
    this.keys = List.copyOf(keys);
    this.remarks = List.copyOf(remarks);
  }

  /**
   * The keys that a secret stands for: a JWK set, a single JWK, or else a passphrase.
   *
   * @throws UnusableKeyException if it stands for none
   */
  static VerificationKeys ofSecret(String secret) throws UnusableKeyException {
    if (!secret.stripLeading().startsWith("{")) {
      return new VerificationKeys(List.of(VerificationKey.ofPassphrase(secret)), List.of());
    }
    VerificationKeys keys = parse(secret, false);
    if (keys.keys.isEmpty()) {
      throw new UnusableKeyException("it holds no key that can verify tokens");
    }
    return keys;
  }

  /**
   * The public keys of a JWK set; what else is in it is passed over (RFC 7517, section 5), and it
   * may be empty.
   *
   * @throws UnusableKeyException if it is no JWK set, or holds a secret: what is published must not
   *     be able to sign
   */
  static VerificationKeys ofPublicSet(String json) throws UnusableKeyException {
    return parse(json, true);
  }

  private static VerificationKeys parse(String json, boolean onlyPublic)
      throws UnusableKeyException {
    List<?> published = published(json);
    List<VerificationKey> keys = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    for (Object each : published) {
      PublishedKey key = PublishedKey.of(each);
      if (onlyPublic && key.isSecret()) {
        throw new UnusableKeyException(
            "it holds a secret or private key; those belong in percred.jwt.secret");
      }
      if (!key.isForVerifying() || keys.size() == MOST_KEYS) {
        continue;
      }
      try {
        keys.add(key.toVerificationKey());
      } catch (UnusableKeyException e) {
        if (remarks.size() < MOST_REMARKS) {
          remarks.add(key + " is passed over: " + e.getMessage());
        }
      }
    }
    if (keys.size() == MOST_KEYS && published.size() > MOST_KEYS) {
      remarks.add("of " + published.size() + " keys the first " + MOST_KEYS + " are used");
    }
    return new VerificationKeys(keys, remarks);
  }

  private static List<?> published(String json) throws UnusableKeyException {
    try {
      Map<String, Object> object = JsonObjects.tolerant(json);
      if (!object.containsKey("keys")) {
        if (object.containsKey("kty")) {
          return List.of(object);
        }
      } else if (object.get("keys") instanceof List<?> keys) {
        return keys;
      }
    } catch (ParseException e) {
      // Said below.
    }
    throw new UnusableKeyException("it is neither a JWK set nor a JWK");
  }

  List<VerificationKey> keys() {
    return keys;
  }

  /** Whether a token could be signed by one of these. */
  boolean fitting(SignedToken token) {
    return keys.stream().anyMatch(key -> key.fits(token.header()));
  }

  /** What somebody should know who published or configured the set, in a few lines. */
  List<String> remarks() {
    return remarks;
  }

  /** Shows the keys' ids. */
  @Override
  public String toString() {
    return keys.toString();
  }
}
