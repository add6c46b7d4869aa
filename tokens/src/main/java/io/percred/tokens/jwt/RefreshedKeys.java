package io.percred.tokens.jwt;

import io.percred.tokens.http.Outage;
import io.percred.tokens.http.OutageException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that their owner may rotate. They are read at first use, again in the background every five
 * minutes, and at once when a token was signed by none of them, but then at most every ten seconds:
 * anybody can invent a key id. If reading fails the old keys stay in force for an hour since they
 * were last read.
 *
 * <p>There is one reading at a time. Whoever needs keys meanwhile waits for its outcome, keys or
 * failure, and not for his own turn: ten threads wait for one time-out and not for ten.
 * Thread-safe.
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

  /** The reading that is under way, or null. */
  private final AtomicReference<@Nullable Reading> underWay = new AtomicReference<>();

  private final AtomicReference<List<String>> remarked = new AtomicReference<>(List.of());
  private volatile @Nullable Snapshot snapshot;
  private volatile @Nullable Attempt attempt;

  /**
   * Keys from {@code origin}.
   *
   * @param shown where they come from, fit to be shown
   * @param background where they are read
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

  /**
   * When keys were last asked for.
   *
   * @param failure why they did not come, or null if they did or are still awaited
   */
  private record Attempt(long at, @Nullable Outage failure) {}

  /** A reading that others may wait for. */
  private static final class Reading extends CompletableFuture<VerificationKeys> {}

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
    return read(held);
  }

  @Override
  public VerificationKeys newerThan(VerificationKeys seen) throws OutageException {
    Snapshot held = snapshot;
    if (held != null && held.fetched.keys != seen) {
      return held.fetched.keys; // Another thread was here first.
    }
    Attempt last = attempt;
    if (underWay.get() == null && !mayAttempt(clock.millis())) {
      if (last != null && last.failure != null) {
        throw OutageException.of(last.failure);
      }
      return seen;
    }
    return read(held);
  }

  /**
   * Newer keys than {@code seen}: those of the reading that is under way, or of one that begins
   * now.
   */
  @SuppressWarnings("ReferenceEquality") // Another snapshot is a newer one, whatever it holds.
  private VerificationKeys read(@Nullable Snapshot seen) throws OutageException {
    Reading mine = new Reading();
    Reading others = underWay.compareAndExchange(null, mine);
    if (others != null) {
      return outcomeOf(others);
    }
    Snapshot held = snapshot;
    if (held != null && held != seen) {
      finish(mine, held.fetched.keys, null); // Read between the look at it and the turn.
    } else {
      begin(mine);
    }
    return outcomeOf(mine);
  }

  /** On a thread of its own: nobody's interrupt or patience decides what the others get. */
  private void begin(Reading reading) {
    try {
      background.execute(() -> readFor(reading));
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is not read now: too much to do, or closed", shown);
      finish(reading, null, OutageException.at(shown, "too much is being read", clock));
    }
  }

  private void refreshInBackground(long now) {
    Reading reading = new Reading();
    if (mayAttempt(now) && underWay.compareAndSet(null, reading)) {
      begin(reading);
    }
  }

  private void readFor(Reading reading) {
    long began = clock.millis();
    attempt = new Attempt(began, null);
    try {
      Fetched fetched = origin.read();
      Snapshot held = snapshot;
      if (held != null && held.fetched.text.equals(fetched.text)) {
        fetched = held.fetched; // The same object, so that what it has verified stays verified.
      }
      snapshot = new Snapshot(fetched, clock.millis());
      remark(fetched.keys.remarks());
      finish(reading, fetched.keys, null);
    } catch (OutageException e) {
      attempt = new Attempt(began, e.outage());
      if (snapshot != null) {
        warn(e.outage());
      }
      finish(reading, null, e);
    } catch (Throwable e) {
      finish(reading, null, e);
    }
  }

  private void finish(
      Reading reading, @Nullable VerificationKeys keys, @Nullable Throwable failure) {
    underWay.set(null);
    if (keys != null) {
      reading.complete(keys);
    } else if (failure != null) {
      reading.completeExceptionally(failure);
    }
  }

  private VerificationKeys outcomeOf(Reading reading) throws OutageException {
    try {
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OutageException.at(shown, "interrupted", clock);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OutageException failure) {
        throw OutageException.of(failure.outage()); // This one may go to several threads.
      }
      throw new IllegalStateException("The keys could not be read", e.getCause());
    }
  }

  private boolean mayAttempt(long now) {
    Attempt last = attempt;
    return last == null || now - last.at >= LEAST_INTERVAL.toMillis();
  }

  /** Says what is odd about the set, once for each oddity that follows another. */
  private void remark(List<String> remarks) {
    if (!remarks.equals(remarked.getAndSet(remarks)) && !remarks.isEmpty()) {
      LOG.warn("The keys at {}: {}", shown, String.join("; ", remarks));
    }
  }

  private void warn(Outage outage) {
    LOG.warn(
        "The keys at {} could not be read again ({}); the ones read last stay in force for up to"
            + " an hour",
        shown,
        outage.reason());
  }
}
