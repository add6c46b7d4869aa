package io.percred.tokens.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.PercredListener;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * In real time: tokens live 5 s, the server takes 200 ms, somebody calls every millisecond or two.
 * Runs for 20 s; give {@code -Dpercred.test.refresh-ahead-seconds=60} for a minute.
 */
@Tag("real-time")
class RefreshAheadTest {
  private static final int SECONDS = Integer.getInteger("percred.test.refresh-ahead-seconds", 20);
  private static final Duration LIFETIME = Duration.ofSeconds(5);

  private final Clock clock = Clock.systemUTC();
  private final AtomicInteger fetches = new AtomicInteger();

  @Test
  void afterTheFirstTokenNobodyWaitsAndNoExpiredTokenIsHandedOut() throws Exception {
    try (BackgroundThreads threads = new BackgroundThreads("test")) {
      TokenCache cache =
          new TokenCache(
              new TokenCache.Parts(
                  "test", Duration.ofSeconds(30), clock, PercredListener.NONE, threads));
      take(cache);
      long longestWait = 0;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      CountDownLatch pause = new CountDownLatch(1);
      while (System.nanoTime() < end) {
        long waitsBefore = waits();
        long start = System.nanoTime();
        Credential token = take(cache);
        long took = System.nanoTime() - start;
        // A machine that has no time for this thread does not count: only what the thread waits
        // for.
        longestWait = waits() == waitsBefore ? longestWait : Math.max(longestWait, took);
        assertThat(token.expiry()).isAfter(clock.instant());
        assertThat(pause.await(1, TimeUnit.MILLISECONDS)).isFalse();
      }
      assertThat(Duration.ofNanos(longestWait)).isLessThan(Duration.ofMillis(5));
      assertThat(fetches.get()).isBetween(SECONDS / 5, SECONDS / 3 + 2);
    }
  }

  /** How often this thread has waited for another so far. */
  private static long waits() {
    ThreadInfo self =
        ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().getId());
    return self.getWaitedCount() + self.getBlockedCount();
  }

  private Credential take(TokenCache cache) throws Exception {
    return cache.get("alice", clock.instant().plusSeconds(10), patience -> fetch());
  }

  private Credential fetch() {
    Instant start = clock.instant();
    try {
      // The server's 200 ms.
      assertThat(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).isFalse();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Credential.of("token-" + fetches.incrementAndGet()).withExpiry(start.plus(LIFETIME));
  }
}
