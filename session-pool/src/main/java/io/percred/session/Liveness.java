package io.percred.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether a session that waited for its caller is still there. A server that restarts and a network
 * that forgets its connections end all of them at once, and nobody hears of it; a statement sent
 * into such a session may have been executed or not.
 *
 * <p>Asked are sessions that waited for longer than the vendor {@linkplain SessionVendor#trusted
 * trusts}, and once a session turned out to be gone, all those that were not used since.
 * Thread-safe.
 */
final class Liveness {
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

  private final SessionVendor vendor;
  private final Clock clock;
  private volatile Instant lastGone = Instant.MIN;

  Liveness(SessionVendor vendor, Clock clock) {
    this.vendor = vendor;
    this.clock = clock;
  }

  /** A session has turned out to be gone: others may be, too. */
  void oneIsGone() {
    lastGone = clock.instant();
  }

  /**
   * Asks the session, if it is not to be trusted.
   *
   * @param deadline by {@link System#nanoTime}
   */
  boolean isAlive(PooledSession session, long deadline) {
    Instant used = session.lastUsed();
    if (used.isAfter(lastGone) && clock.instant().isBefore(used.plus(vendor.trusted()))) {
      return true;
    }
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    return vendor.isAlive(
        session.physical(), left.compareTo(LONGEST_ANSWER) < 0 ? left : LONGEST_ANSWER);
  }
}
