package io.percred.session;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
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
  /** The bounds that {@link SessionProperty} and {@code percred.token.skew} configure. */
  public static SessionBounds of(Settings settings) {
    return new SessionBounds(
        settings.wholeNumber(SessionProperty.MAX),
        settings.wholeNumber(SessionProperty.MAX_PER_CALLER),
        settings.timeSpan(SessionProperty.IDLE_TIMEOUT),
        settings.timeSpan(SessionProperty.MAX_LIFETIME),
        settings.timeSpan(SessionProperty.OPEN_TIMEOUT),
        settings.timeSpan(new TokenSkew()));
  }

  /** The driver's own property, as it is looked up: by its name. */
  private record TokenSkew() implements PropertyDescriptor {
    @Override
    public String key() {
      return "percred.token.skew";
    }

    @Override
    public PropertyType type() {
      return new PropertyType.TimeSpan(Duration.ZERO, Duration.ofHours(1));
    }

    @Override
    public String defaultValue() {
      return "30s";
    }

    @Override
    public String description() {
      return "How long before its expiry a token is renewed and a session of its own ends.";
    }
  }

  /** The open timeout, for people. */
  String shownTimeout() {
    return openTimeout.toMillis() + " ms";
  }

  /** Whether a session serves one request only. */
  boolean keepNone() {
    return idleTimeout.isZero();
  }
}
