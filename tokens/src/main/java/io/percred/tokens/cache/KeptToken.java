package io.percred.tokens.cache;

import io.percred.spi.Credential;
import java.time.Duration;
import java.time.Instant;

/**
 * A token and until when it is handed out, in milliseconds since the epoch.
 *
 * @param credential the token
 * @param refreshFrom from when on a new one should be fetched while this one is still handed out
 * @param usableUntil when it is no longer handed out
 */
record KeptToken(Credential credential, long refreshFrom, long usableUntil) {
  /** How long a token whose expiry nobody told is kept. */
  static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(1);

  /**
   * A token that has just arrived. It is handed out until its expiry minus the skew, or minus a
   * fifth of its lifetime if that is less, and refreshed during the fifth before.
   */
  static KeptToken of(Credential credential, Instant askedAt, Duration skew) {
    Instant expiry = credential.expiry();
    long start = askedAt.toEpochMilli();
    long lifetime =
        expiry == null ? UNKNOWN_LIFETIME.toMillis() : Math.max(0, expiry.toEpochMilli() - start);
    long fifth = lifetime / 5;
    long usableUntil = start + lifetime - Math.min(skew.toMillis(), fifth);
    return new KeptToken(credential, usableUntil - fifth, usableUntil);
  }

  boolean isUsableAt(long now) {
    return now < usableUntil;
  }

  boolean isDueAt(long now) {
    return now >= refreshFrom;
  }
}
