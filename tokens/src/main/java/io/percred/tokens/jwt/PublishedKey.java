package io.percred.tokens.jwt;

import com.nimbusds.jose.jwk.JWK;
import io.percred.tokens.http.SafeText;
import io.percred.tokens.jwt.VerificationKey.UnusableKeyException;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One member of a JWK set, which may be anything: a set is read a key at a time, so that one that
 * is not understood does not take the others with it.
 *
 * @param members its members as they came
 */
record PublishedKey(Map<String, Object> members) {
  /** The purposes that are defined (RFC 7517, section 4.3); others may be there too. */
  private static final List<String> KNOWN_OPERATIONS =
      List.of(
          "sign",
          "verify",
          "encrypt",
          "decrypt",
          "wrapKey",
          "unwrapKey",
          "deriveKey",
          "deriveBits");

  static PublishedKey of(Object json) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (json instanceof Map<?, ?> object) {
      object.forEach((name, value) -> members.put(String.valueOf(name), value));
    }
    return new PublishedKey(members);
  }

  /** Whether it could sign. */
  boolean isSecret() {
    return "oct".equals(members.get("kty")) || members.containsKey("d") || members.containsKey("k");
  }

  /** False if it says that it is for something else, which is in order. */
  boolean isForVerifying() {
    boolean use = !(members.get("use") instanceof String named) || named.equals("sig");
    return use
        && (!(members.get("key_ops") instanceof List<?> operations)
            || operations.contains("verify"));
  }

  /**
   * The key.
   *
   * @throws UnusableKeyException if it is of a kind that is not supported, or damaged
   */
  VerificationKey toVerificationKey() throws UnusableKeyException {
    Map<String, Object> understood = new LinkedHashMap<>(members);
    if (members.get("key_ops") instanceof List<?> operations) {
      understood.put("key_ops", operations.stream().filter(KNOWN_OPERATIONS::contains).toList());
    }
    JWK jwk;
    try {
      jwk = JWK.parse(understood);
    } catch (ParseException | RuntimeException e) {
      throw new UnusableKeyException("it is of an unknown kind, or one of its members is wrong");
    }
    return VerificationKey.of(jwk);
  }

  /** Shows its id and kind. */
  @Override
  public String toString() {
    return "the key " + shown("kid") + " (kty " + shown("kty") + ", alg " + shown("alg") + ")";
  }

  private String shown(String name) {
    return members.get(name) instanceof String text ? '"' + SafeText.name(text) + '"' : "-";
  }
}
