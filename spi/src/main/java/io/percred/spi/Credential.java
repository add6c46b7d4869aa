package io.percred.spi;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A token, the principal it stands for and what is known about it.
 *
 * <p>The principal is <em>trusted</em> only if the application named it or a verifier accepted the
 * token; otherwise it is the {@linkplain #fingerprint() fingerprint} of the token itself, never a
 * name read from an unverified token. Claims are present only if the application supplied them or a
 * verifier accepted the token.
 *
 * <p>Immutable. {@link #toString()} shows the principal and a short digest, never the token.
 */
public final class Credential {
  private static final int DIGEST_LENGTH = 12;

  private final String token;
  private final String fingerprint;
  private final @Nullable String namedPrincipal;
  private final @Nullable Instant expiry;
  private final @Nullable Map<String, Object> claims;

  /** Made when it is first asked for; two threads make the same. */
  private @Nullable String digest;

  private Credential(
      String token,
      String fingerprint,
      @Nullable String namedPrincipal,
      @Nullable Instant expiry,
      @Nullable Map<String, Object> claims) {
    this.token = token;
    this.fingerprint = fingerprint;
    this.namedPrincipal = namedPrincipal;
    this.expiry = expiry;
    this.claims = claims;
  }

  /**
   * A credential whose principal nobody has vouched for.
   *
   * @param token the secret; an empty or blank one counts as no credential when it is resolved
   */
  public static Credential of(String token) {
    Objects.requireNonNull(token, "token");
    return new Credential(token, ProcessKey.fingerprint(token), null, null, null);
  }

  /**
   * A credential whose principal the application vouches for.
   *
   * @param token the secret
   * @param principal who the token stands for, as the application knows it; not blank
   * @throws IllegalArgumentException if the principal is blank
   */
  public static Credential of(String token, String principal) {
    return of(token).withPrincipal(principal);
  }

  /**
   * The same token, standing for a principal that the application or a verifier vouches for.
   *
   * @throws IllegalArgumentException if the principal is blank
   */
  public Credential withPrincipal(String principal) {
    if (principal.isBlank()) {
      throw new IllegalArgumentException("The principal of a credential must not be blank");
    }
    return new Credential(token, fingerprint, principal, expiry, claims);
  }

  /** The same token, unusable from {@code expiry} on. */
  public Credential withExpiry(Instant expiry) {
    return new Credential(
        token, fingerprint, namedPrincipal, Objects.requireNonNull(expiry, "expiry"), claims);
  }

  /**
   * The same token with claims that the application or a verifier vouches for.
   *
   * @param claims JSON-like values: strings, numbers, booleans, lists, maps and nulls; copied
   */
  public Credential withClaims(Map<String, ?> claims) {
    return new Credential(
        token,
        fingerprint,
        namedPrincipal,
        expiry,
        Collections.unmodifiableMap(new LinkedHashMap<>(claims)));
  }

  /** The secret. Hand it to the database, to nothing else. */
  public String token() {
    return token;
  }

  /** Who the token stands for: a trusted name, or the {@linkplain #fingerprint() fingerprint}. */
  public String principal() {
    return namedPrincipal == null ? fingerprint : namedPrincipal;
  }

  /** Whether the application or a verifier vouched for {@link #principal()}. */
  public boolean hasTrustedPrincipal() {
    return namedPrincipal != null;
  }

  /** When the token ends, or null if that is not known. */
  public @Nullable Instant expiry() {
    return expiry;
  }

  /** Claims somebody vouched for, unmodifiable, or null if there are none. */
  public @Nullable Map<String, Object> claims() {
    return claims;
  }

  /**
   * A hash of the token under a key that only this process has: 64 hexadecimal digits. Equal tokens
   * have equal fingerprints for the life of the process; nothing can be learned from one elsewhere.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** The first twelve digits of the {@linkplain #fingerprint() fingerprint}, for logs. */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = fingerprint.substring(0, DIGEST_LENGTH);
      digest = known;
    }
    return known;
  }

  /** Whether this is a token of at least one character that is not white space. */
  public boolean isPresent() {
    return !token.isBlank();
  }

  /** Credentials are equal if token and principal are; expiry and claims follow from those. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Credential that
            && fingerprint.equals(that.fingerprint)
            && Objects.equals(namedPrincipal, that.namedPrincipal));
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    String shown = namedPrincipal == null ? "unverified" : '"' + namedPrincipal + '"';
    return "Credential[principal=" + shown + ", digest=" + digest() + "]";
  }

  /** The key of this process's fingerprints; it never leaves the process. */
  private static final class ProcessKey {
    private static final String ALGORITHM = "HmacSHA256";
    private static final SecretKeySpec KEY = newKey();
    private static final ThreadLocal<Mac> MAC = ThreadLocal.withInitial(ProcessKey::newMac);

    static String fingerprint(String token) {
      return HexFormat.of().formatHex(MAC.get().doFinal(token.getBytes(StandardCharsets.UTF_8)));
    }

    private static SecretKeySpec newKey() {
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      return new SecretKeySpec(key, ALGORITHM);
    }

    private static Mac newMac() {
      try {
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(KEY);
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(ALGORITHM + " is required of every Java platform", e);
      }
    }
  }
}
