package io.percred.tokens.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.tokens.http.OwnOutages.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds calls to one endpoint back after outages, and lets one through again and again to find out.
 *
 * <p>A call is <em>about</em> somebody's token, or about nobody's. Tokens are made by whoever
 * likes, so an outage that a token can cause (an answer of 5xx, an answer that is none, no answer)
 * says at first something about that token only. Four rules follow.
 *
 * <ol>
 *   <li>A call is held back because of outages that its own token has met, never because of those
 *       of others. After a number of them in a row the token is held back, alone.
 *   <li>The breaker opens after that number in a row that counts. Where the endpoint has lately
 *       found somebody good, only outages of those count, of at least two if there are two: they
 *       are the better witnesses. Where it has found nobody good everybody's count, since nobody
 *       can tell better.
 *   <li>While the breaker is open, whoever has met the outage himself is held back until it is
 *       known to be over. Whoever has not finds out for himself.
 *   <li>That no connection can be made, no token can cause. It counts whoever meets it, and if that
 *       opens the breaker all are held back, as the outage is everybody's.
 * </ol>
 *
 * <p>While the breaker is open one call is let through at a time, a while after the last one began;
 * the next one does not wait for an answer that does not come. What shows that the outage is over
 * is an answer to a witness, or a grant to anybody. Thread-safe.
 */
final class OutageBreaker {
  private static final int MOST_KEYS = 4096;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final int ENOUGH_WITNESSES = 2;

  private final String endpoint;
  private final int most;
  private final Duration openFor;
  private final Clock clock;
  private final PercredListener listener;
  private final CircuitBreaker breaker;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final Cache<Object, OwnOutages> ownOutages;
  private final Cache<Object, Boolean> good;
  private final Set<Object> witnesses = new HashSet<>();
  private final List<String> changes = new ArrayList<>();
  private Row counted = Row.NONE;
  private Row unreached = Row.NONE;
  private String reason = "";
  private boolean isUnreachable;
  private @Nullable Instant retryAt;
  private Instant probedAt = Instant.MIN;

  OutageBreaker(
      String endpoint, int most, Duration openFor, Clock clock, PercredListener listener) {
    this.endpoint = endpoint;
    this.most = most;
    this.openFor = openFor;
    this.clock = clock;
    this.listener = listener;
    this.ownOutages = remembered(clock);
    this.good = remembered(clock);
    this.breaker = CircuitBreaker.of(endpoint, openingAtOnce(openFor, clock));
    breaker
        .getEventPublisher()
        .onStateTransition(event -> changed(event.getStateTransition().getToState()));
  }

  /** Leave to make one call; ends with one of its methods. */
  final class Leave {
    private final Object about;
    private final boolean isPermitted;

    /**
     * Leave for a call.
     *
     * @param isPermitted whether it is the call that the open breaker permits
     */
    private Leave(Object about, boolean isPermitted) {
      this.about = about;
      this.isPermitted = isPermitted;
    }

    /** The endpoint answered. */
    void answered(boolean isGood) {
      locked(() -> endWithAnswer(this, isGood));
    }

    /** The endpoint gave no usable answer. */
    Outage failed(CallFailure failure) {
      return locked(() -> endWithFailure(this, failure));
    }

    /** The call was given up on this side, which says nothing about the endpoint. */
    Outage abandoned(String why) {
      return locked(
          () -> {
            release(this);
            return new Outage(endpoint, why, 1, clock.instant(), null);
          });
    }
  }

  /**
   * Asks for leave to call.
   *
   * @param about whose token the call is about
   */
  Leave acquire(Object about) throws OutageException {
    Object leaveOrOutage = acquireOrOutage(about);
    if (leaveOrOutage instanceof Leave leave) {
      return leave;
    }
    throw OutageException.of((Outage) leaveOrOutage);
  }

  /** The {@link Leave}, or the {@link Outage} for which there is none. */
  Object acquireOrOutage(Object about) {
    return locked(() -> leaveFor(about, clock.instant()));
  }

  private Object leaveFor(Object about, Instant now) {
    OwnOutages own = ownOutages.getIfPresent(about);
    if (own != null && now.isBefore(own.heldUntil())) {
      return outageOf(own);
    }
    if (isClosed()) {
      if (own != null && own.row().length() >= most) {
        ownOutages.put(about, own.tried(now, now.plus(openFor)));
      }
      return new Leave(about, false);
    }
    if (isUnreachable) {
      return isProbe(now) ? new Leave(about, true) : outage(unreached, reason, nextProbe());
    }
    if (own == null || own.last().isBefore(counted.sinceOr(now))) {
      return new Leave(about, false);
    }
    if (isWitness(about)) {
      return isProbe(now) ? new Leave(about, true) : outageOf(own);
    }
    // Nobody who is known speaks for this one, so it finds out for itself, now and then.
    if (now.isBefore(own.last().plus(openFor))) {
      return outage(own.row(), own.reason(), own.last().plus(openFor));
    }
    ownOutages.put(about, own.tried(now, own.heldUntil()));
    return new Leave(about, false);
  }

  /** Whether a call may find out for all; the last one may still wait for its answer. */
  private boolean isProbe(Instant now) {
    boolean permitted =
        breaker.tryAcquirePermission()
            || (breaker.getState() == CircuitBreaker.State.HALF_OPEN
                && !now.isBefore(probedAt.plus(openFor)));
    if (permitted) {
      probedAt = now;
    }
    return permitted;
  }

  private @Nullable Outage endWithAnswer(Leave leave, boolean isGood) {
    ownOutages.invalidate(leave.about);
    reached();
    if (isGood) {
      good.put(leave.about, true);
    }
    if (!isGood && !isWitness(leave.about)) {
      release(leave);
      return null;
    }
    counted = Row.NONE;
    witnesses.clear();
    if (!isClosed()) {
      ownOutages.invalidateAll(); // They were part of the outage that is over.
      breaker.transitionToClosedState();
    }
    return null;
  }

  private Outage endWithFailure(Leave leave, CallFailure failure) {
    Instant now = clock.instant();
    OwnOutages own = null;
    if (failure.isReached()) {
      reached();
      OwnOutages before = ownOutages.getIfPresent(leave.about);
      own = OwnOutages.and(before, failure, now, most, openFor);
      ownOutages.put(leave.about, own);
    } else {
      unreached = unreached.and(now);
      reason = failure.reason();
    }
    boolean counts = !failure.isReached() || isWitness(leave.about);
    if (counts) {
      counted = counted.and(now);
      if (witnesses.size() < ENOUGH_WITNESSES) {
        witnesses.add(leave.about);
      }
    }
    isUnreachable |= unreached.length() >= most;
    if (isClosed() ? isUnreachable || isOutageForAll() : leave.isPermitted && counts) {
      breaker.transitionToOpenState();
    } else {
      release(leave);
    }
    return own == null ? outage(unreached, reason, retryAt) : outageOf(own);
  }

  private boolean isOutageForAll() {
    return counted.length() >= most
        && witnesses.size() >= Math.min(ENOUGH_WITNESSES, Math.max(1, knownGood()));
  }

  private void reached() {
    unreached = Row.NONE;
    isUnreachable = false;
  }

  private void release(Leave leave) {
    if (leave.isPermitted && !isClosed()) {
      breaker.releasePermission();
    }
  }

  /** Whether outages of this one count for others. */
  private boolean isWitness(Object about) {
    return good.getIfPresent(about) != null || knownGood() == 0;
  }

  private long knownGood() {
    good.cleanUp();
    return good.estimatedSize();
  }

  private boolean isClosed() {
    return breaker.getState() == CircuitBreaker.State.CLOSED;
  }

  private void changed(CircuitBreaker.State state) {
    changes.add(state.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (state == CircuitBreaker.State.OPEN) {
      retryAt = clock.instant().plus(openFor);
    } else if (state == CircuitBreaker.State.CLOSED) {
      retryAt = null;
      probedAt = Instant.MIN;
    }
  }

  private @Nullable Instant nextProbe() {
    Instant next = probedAt.equals(Instant.MIN) ? retryAt : probedAt.plus(openFor);
    return next == null || (retryAt != null && retryAt.isAfter(next)) ? retryAt : next;
  }

  private Outage outageOf(OwnOutages own) {
    Instant next = isClosed() ? null : nextProbe();
    boolean held = own.heldUntil().isAfter(clock.instant());
    boolean longer = held && (next == null || own.heldUntil().isAfter(next));
    return outage(own.row(), own.reason(), longer ? own.heldUntil() : next);
  }

  private Outage outage(Row row, String why, @Nullable Instant next) {
    return new Outage(endpoint, why, Math.max(1, row.length()), row.sinceOr(clock.instant()), next);
  }

  /** Listeners are told behind the lock: what they do is not known here. */
  private <T extends @Nullable Object> T locked(Supplier<T> action) {
    List<String> told;
    T result;
    lock.lock();
    try {
      result = action.get();
      told = List.copyOf(changes);
      changes.clear();
    } finally {
      lock.unlock();
    }
    told.forEach(state -> listener.onEvent(new PercredEvent.BreakerChanged(endpoint, state)));
    return result;
  }

  /** Counting is this class's business; the library's is what follows from it, and when. */
  private static CircuitBreakerConfig openingAtOnce(Duration openFor, Clock clock) {
    return CircuitBreakerConfig.custom()
        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
        .slidingWindowSize(1)
        .minimumNumberOfCalls(1)
        .failureRateThreshold(100)
        // The library waits until this is over, to the millisecond.
        .waitDurationInOpenState(openFor.minusMillis(1))
        .permittedNumberOfCallsInHalfOpenState(1)
        .clock(clock)
        .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
        .build();
  }

  private static <V> Cache<Object, V> remembered(Clock clock) {
    return Caffeine.newBuilder()
        .maximumSize(MOST_KEYS)
        .expireAfterWrite(REMEMBERED)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .executor(Runnable::run)
        .build();
  }
}
