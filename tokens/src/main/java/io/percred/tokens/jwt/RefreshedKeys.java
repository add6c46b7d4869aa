package io.percred.tokens.jwt;

import io.percred.tokens.http.Outage;
import io.percred.tokens.http.OutageException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that their owner may rotate. They are read at first use, again in the background every five
 * minutes, and at once when a token was signed by none of them, but then at most every ten seconds:
 * anybody can invent a key id. If reading fails the old keys stay in force for an hour since they
 * were last read. Thread-safe.
 */
final class RefreshedKeys implements KeySource {
  static final Duration REFRESH_AFTER = Duration.ofMinutes(5);
  static final Duration LEAST_INTERVAL = Duration.ofSeconds(10);
  static final Duration LONGEST_AGE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(RefreshedKeys.class);

  private final String shown;
  private final Origin origin;
  private final Clock clock;
  private final Executor background;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Snapshot snapshot;
  private volatile long attemptedAt = Long.MIN_VALUE;

  /**
   * Keys from {@code origin}.
   *
   * @param shown where they come from, fit to be shown
   * @param background where they are read again
   */
  RefreshedKeys(String shown, Origin origin, Clock clock, Executor background) {
    this.shown = shown;
    this.origin = origin;
    this.clock = clock;
    this.background = background;
  }

  /** Reads the JWK set, outside any cache. */
  @FunctionalInterface
  interface Origin {
    /**
     * Reads the keys.
     *
     * @throws OutageException if they cannot be had now, or what came is no set of keys
     */
    Fetched read() throws OutageException;
  }

  /**
   * What was read.
   *
   * @param text as it was read, to tell whether anything has changed
   */
  record Fetched(String text, VerificationKeys keys) {
    @Override
    public String toString() {
      return keys.toString();
    }
  }

  private record Snapshot(Fetched fetched, long readAt) {}

  @Override
  public VerificationKeys current() throws OutageException {
    Snapshot held = snapshot;
    long now = clock.millis();
    if (held != null) {
      long age = now - held.readAt;
      if (age <= REFRESH_AFTER.toMillis()) {
        return held.fetched.keys;
      }
      if (age <= LONGEST_AGE.toMillis()) {
        refreshInBackground(now);
        return held.fetched.keys;
      }
    }
    return readUnlessDone(held);
  }

  @Override
  public VerificationKeys newerThan(VerificationKeys seen) {
    reading.lock();
    try {
      Snapshot held = snapshot;
      if (held != null && held.fetched.keys != seen) {
        return held.fetched.keys; // Another thread was here first.
      }
      return mayAttempt(clock.millis()) ? read() : seen;
    } catch (OutageException e) {
      warn(e.outage());
      return seen;
    } finally {
      reading.unlock();
    }
  }

  @SuppressWarnings("ReferenceEquality") // Another snapshot is a newer one, whatever it holds.
  private VerificationKeys readUnlessDone(@Nullable Snapshot seen) throws OutageException {
    reading.lock();
    try {
      Snapshot held = snapshot;
      return held != null && held != seen ? held.fetched.keys : read();
    } finally {
      reading.unlock();
    }
  }

  private void refreshInBackground(long now) {
    if (!mayAttempt(now) || reading.isLocked()) {
      return;
    }
    attemptedAt = now;
    try {
      background.execute(this::refresh);
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is not read again now: too much to do", shown);
    }
  }

  private void refresh() {
    if (!reading.tryLock()) {
      return;
    }
    try {
      read();
    } catch (OutageException e) {
      warn(e.outage());
    } finally {
      reading.unlock();
    }
  }

  private VerificationKeys read() throws OutageException {
    attemptedAt = clock.millis();
    Fetched fetched = origin.read();
    Snapshot held = snapshot;
    if (held != null && held.fetched.text.equals(fetched.text)) {
      fetched = held.fetched; // The same object, so that what it has verified stays verified.
    }
    snapshot = new Snapshot(fetched, clock.millis());
    return fetched.keys;
  }

  private boolean mayAttempt(long now) {
    long last = attemptedAt;
    return last == Long.MIN_VALUE || now - last >= LEAST_INTERVAL.toMillis();
  }

  private void warn(Outage outage) {
    LOG.warn(
        "The keys at {} could not be read again ({}); the ones read last stay in force for up to"
            + " an hour",
        shown,
        outage.reason());
  }
}
