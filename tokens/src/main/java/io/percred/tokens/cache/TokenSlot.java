package io.percred.tokens.cache;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token of one key, the fetch under way for it and the last failure. Thread-safe. */
final class TokenSlot {
  /** An outage is tried again soon: a circuit breaker holds calls back if it lasts. */
  static final Duration OUTAGE_KEPT = Duration.ofSeconds(1);

  static final Duration REFUSAL_KEPT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(TokenSlot.class);

  private final TokenCache.Parts parts;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable KeptToken token;

  // Guarded by lock.
  private @Nullable CompletableFuture<KeptToken> flight;
  private @Nullable Failure failure;
  private @Nullable String dropped;
  private long droppedAt;

  TokenSlot(TokenCache.Parts parts) {
    this.parts = parts;
    this.clock = parts.clock();
  }

  private record Failure(PercredError error, long keptUntil) {}

  boolean isUsableAt(long now) {
    KeptToken kept = token;
    return kept != null && kept.isUsableAt(now);
  }

  /** The kept token if it can be handed out, else null; never waits. */
  @Nullable KeptToken handOut(Fetcher fetcher, Instant deadline) {
    KeptToken kept = token;
    long now = clock.millis();
    if (kept == null || !kept.isUsableAt(now)) {
      return null;
    }
    if (kept.isDueAt(now)) {
      refreshAhead(fetcher, deadline);
    }
    return kept;
  }

  /**
   * The outcome of the fetch that is under way, or of one that begins now.
   *
   * @throws SupplyException if fetching failed a moment ago, or too much is being fetched
   */
  CompletableFuture<KeptToken> join(Fetcher fetcher, Instant deadline) throws SupplyException {
    lock.lock();
    try {
      KeptToken kept = token;
      if (kept != null && kept.isUsableAt(clock.millis())) {
        return CompletableFuture.completedFuture(kept);
      }
      CompletableFuture<KeptToken> underWay = flight;
      if (underWay != null) {
        return underWay;
      }
      Failure recent = recentFailure();
      if (recent != null) {
        throw new SupplyException(recent.error);
      }
      return begin(fetcher, deadline, false);
    } catch (RejectedExecutionException e) {
      throw new SupplyException(PercredError.of(TokensError.OVERLOADED, parts.supplier()));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the token of that fingerprint; true if it is not handed out any more. */
  boolean drop(String fingerprint) {
    lock.lock();
    try {
      KeptToken kept = token;
      if (kept == null || !kept.credential().fingerprint().equals(fingerprint)) {
        return fingerprint.equals(dropped);
      }
      long now = clock.millis();
      if (dropped != null && now < droppedAt + REFUSAL_KEPT.toMillis()) {
        return false;
      }
      token = null;
      dropped = fingerprint;
      droppedAt = now;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void refreshAhead(Fetcher fetcher, Instant deadline) {
    if (!lock.tryLock()) {
      return; // Somebody else is at it.
    }
    try {
      KeptToken kept = token;
      boolean due = kept != null && kept.isDueAt(clock.millis());
      if (due && flight == null && recentFailure() == null) {
        CompletableFuture<KeptToken> unused = begin(fetcher, deadline, true);
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("{} is not refreshed now: too much to do", parts.supplier());
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Failure recentFailure() {
    Failure last = failure;
    return last != null && clock.millis() < last.keptUntil ? last : null;
  }

  /** Starts a fetch; the lock is held. */
  private CompletableFuture<KeptToken> begin(Fetcher fetcher, Instant deadline, boolean ahead) {
    CompletableFuture<KeptToken> begun = new CompletableFuture<>();
    Instant now = clock.instant();
    Duration patience = Duration.between(now, deadline);
    parts.executor().execute(() -> fetch(fetcher, patience, begun, ahead));
    if (!begun.isDone()) {
      flight = begun;
    }
    return begun;
  }

  private void fetch(
      Fetcher fetcher, Duration patience, CompletableFuture<KeptToken> begun, boolean ahead) {
    Instant askedAt = clock.instant();
    Credential fetched = null;
    PercredError error = null;
    try {
      fetched = fetcher.fetch(patience);
      KeptToken kept = KeptToken.of(fetched, askedAt, parts.skew());
      settle(kept, null);
      begun.complete(kept);
    } catch (SupplyException e) {
      error = e.error();
      settle(null, error);
      begun.completeExceptionally(e);
    } catch (Throwable e) {
      settle(null, null);
      begun.completeExceptionally(e);
    }
    if (ahead) {
      report(fetched, error, Duration.between(askedAt, clock.instant()));
    }
  }

  private void settle(@Nullable KeptToken kept, @Nullable PercredError error) {
    lock.lock();
    try {
      flight = null;
      failure = null;
      if (kept != null) {
        token = kept;
      }
      if (error != null) {
        boolean outage = error.code().sqlState().startsWith("58");
        Duration span = outage ? OUTAGE_KEPT : REFUSAL_KEPT;
        failure = new Failure(error, clock.millis() + span.toMillis());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nobody waits for a refresh, so nobody else would hear of it. */
  private void report(@Nullable Credential fetched, @Nullable PercredError error, Duration took) {
    LOG.debug("{} was refreshed ahead: {}", parts.supplier(), error == null ? "ok" : error);
    if (parts.listener() != PercredListener.NONE) {
      String principal = fetched == null ? null : fetched.principal();
      parts
          .listener()
          .onEvent(
              new PercredEvent.Supplied(parts.supplier() + " refresh", principal, error, took));
    }
  }
}
