package io.percred.tokens.jwt;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a token is good, in milliseconds since the epoch: checked anew at every use.
 *
 * @param notBefore {@code nbf}, or the least number
 * @param issuedAt {@code iat}, or the least number
 * @param expiry {@code exp}, or the greatest number
 */
record ValidityTimes(long notBefore, long issuedAt, long expiry) {

  /**
   * The times in verified claims. Numbers may have a fraction (RFC 7519, section 2), null counts as
   * absent.
   *
   * @throws IllegalArgumentException if one is not a number, naming the claim
   */
  static ValidityTimes of(Map<String, Object> claims) {
    return new ValidityTimes(
        millis(claims, "nbf", Long.MIN_VALUE),
        millis(claims, "iat", Long.MIN_VALUE),
        millis(claims, "exp", Long.MAX_VALUE));
  }

  /** Why the token is not good at {@code now}, or null if it is. */
  @Nullable String problemAt(long now, long leeway) {
    if (now - leeway > expiry) {
      return "expired at " + Instant.ofEpochMilli(expiry);
    }
    if (now + leeway < notBefore) {
      return "not valid before " + Instant.ofEpochMilli(notBefore);
    }
    if (now + leeway < issuedAt) {
      return "issued in the future, at " + Instant.ofEpochMilli(issuedAt);
    }
    return null;
  }

  boolean hasExpiry() {
    return expiry != Long.MAX_VALUE;
  }

  private static long millis(Map<String, Object> claims, String name, long absent) {
    Object value = claims.get(name);
    if (value == null) {
      return absent;
    }
    if (value instanceof Number number) {
      return (long) (number.doubleValue() * 1000); // Beyond the range it is the nearest end of it.
    }
    throw new IllegalArgumentException("the claim " + name + " is not a number");
  }
}
