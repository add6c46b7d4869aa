package io.percred.tokens.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tokens by whom they are for. Each is handed out until shortly before it ends; before that a new
 * one is fetched in the background, so that in a steady flow of calls nobody waits. However many
 * callers ask, there is one fetch at a time for each key, and a failure is remembered for a moment.
 * A token is reachable through its own key only. Thread-safe; bounded.
 */
public final class TokenCache {
  private static final int MOST_KEYS = 10_000;
  private static final Duration KEPT_UNUSED = Duration.ofHours(1);

  private final Parts parts;
  private final Cache<Object, TokenSlot> slots;

  /**
   * What a cache works with.
   *
   * @param supplier whose tokens these are, for errors and events
   * @param skew how long before its expiry a token is no longer handed out
   * @param clock the time
   * @param listener who hears of refreshes in the background
   * @param executor where tokens are fetched
   */
  public record Parts(
      String supplier, Duration skew, Clock clock, PercredListener listener, Executor executor) {}

  /** An empty cache. */
  public TokenCache(Parts parts) {
    this.parts = parts;
    this.slots =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfterAccess(KEPT_UNUSED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(parts.clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  /**
   * The token for {@code key}: the kept one, or a new one.
   *
   * @param key whom it is for; equal keys get the same token
   * @param deadline until when to wait
   * @throws SupplyException if it cannot be fetched, could not be a moment ago, or not in time
   */
  public Credential get(Object key, Instant deadline, Fetcher fetcher) throws SupplyException {
    TokenSlot slot = slots.get(key, absent -> new TokenSlot(parts));
    KeptToken kept = slot.handOut(fetcher, deadline);
    return kept != null ? kept.credential() : await(slot.join(fetcher, deadline), deadline);
  }

  /** Whether {@link #get} will answer at once, now and for the next second. */
  public boolean isReady(Object key) {
    TokenSlot slot = slots.getIfPresent(key);
    return slot != null && slot.isUsableAt(parts.clock.millis() + 1000);
  }

  /**
   * Drops a token that the database did not take, unless another one was dropped in its place a
   * moment ago: who is refused for good does not make a request for each attempt.
   *
   * @return whether {@link #get} may now give another one in its place
   */
  public boolean drop(Credential rejected) {
    boolean dropped = false;
    for (TokenSlot slot : slots.asMap().values()) {
      dropped |= slot.drop(rejected.fingerprint());
    }
    return dropped;
  }

  private Credential await(CompletableFuture<KeptToken> flight, Instant deadline)
      throws SupplyException {
    Duration patience = Duration.between(parts.clock.instant(), deadline);
    try {
      return flight.get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS).credential();
    } catch (TimeoutException e) {
      throw tooLate("it was waited for until " + deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw tooLate("the thread was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SupplyException failure) {
        // A new exception: this one may go to several threads.
        throw new SupplyException(failure.error());
      }
      throw new IllegalStateException(parts.supplier + " failed", e.getCause());
    }
  }

  private SupplyException tooLate(String why) {
    return new SupplyException(PercredError.of(TokensError.DEADLINE_PASSED, parts.supplier, why));
  }
}
