package io.percred.session;

import io.percred.spi.Settings;
import java.time.Duration;

/**
 * How many sessions there may be, and for how long.
 *
 * @param max most sessions at one time
 * @param maxPerCaller most sessions of one caller at one time
 * @param idleTimeout how long an unused session is kept; zero keeps none
 * @param maxLifetime how old a session may get
 * @param openTimeout how long a borrower waits for a place and the login together
 * @param skew how long before the expiry of its token a session ends
 */
public record SessionBounds(
    int max,
    int maxPerCaller,
    Duration idleTimeout,
    Duration maxLifetime,
    Duration openTimeout,
    Duration skew) {
  /** The bounds that {@link SessionProperty} configures. */
  public static SessionBounds of(Settings settings, Duration skew) {
    return new SessionBounds(
        settings.wholeNumber(SessionProperty.MAX),
        settings.wholeNumber(SessionProperty.MAX_PER_CALLER),
        settings.timeSpan(SessionProperty.IDLE_TIMEOUT),
        settings.timeSpan(SessionProperty.MAX_LIFETIME),
        settings.timeSpan(SessionProperty.OPEN_TIMEOUT),
        skew);
  }

  /** Whether a session serves one request only. */
  boolean keepNone() {
    return idleTimeout.isZero();
  }
}
