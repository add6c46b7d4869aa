package io.percred.tokens.jwt;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a token says that it ends. Nothing is verified: good enough to decide how long a token that
 * was just issued is kept, and for nothing else.
 */
public final class TokenExpiry {
  private TokenExpiry() {}

  /** The expiry of a JSON Web Token, or null if it tells none or is something else. */
  public static @Nullable Instant of(String token) {
    try {
      ValidityTimes times = ValidityTimes.of(SignedToken.parse(token).claims());
      return times.hasExpiry() ? Instant.ofEpochMilli(times.expiry()) : null;
    } catch (SignedToken.MalformedException | IllegalArgumentException e) {
      return null;
    }
  }
}
