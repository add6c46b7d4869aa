package io.percred.tokens.http;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Holds calls to one endpoint back after a number of outages in a row, then lets one through to
 * find out. Only outages count: a denial is an answer. Thread-safe.
 */
final class OutageBreaker {
  private final String endpoint;
  private final Clock clock;
  private final CircuitBreaker breaker;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private int failures;
  private @Nullable Instant since;
  private String reason = "";
  private @Nullable Instant retryAt;

  OutageBreaker(
      String endpoint, int failures, Duration openFor, Clock clock, PercredListener listener) {
    this.endpoint = endpoint;
    this.clock = clock;
    CircuitBreakerConfig config =
        CircuitBreakerConfig.custom()
            .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
            .slidingWindowSize(failures)
            .minimumNumberOfCalls(failures)
            .failureRateThreshold(100)
            .waitDurationInOpenState(openFor)
            .permittedNumberOfCallsInHalfOpenState(1)
            .clock(clock)
            .currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS)
            .build();
    this.breaker = CircuitBreaker.of(endpoint, config);
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              CircuitBreaker.State state = event.getStateTransition().getToState();
              changed(state, openFor);
              listener.onEvent(new PercredEvent.BreakerChanged(endpoint, wordOf(state)));
            });
  }

  /** Asks for leave to call; every leave ends with one of the other methods. */
  void acquire() throws OutageException {
    if (!breaker.tryAcquirePermission()) {
      throw new OutageException(outage());
    }
  }

  /** The endpoint answered. */
  void succeeded() {
    lock.lock();
    try {
      failures = 0;
      since = null;
      retryAt = null;
    } finally {
      lock.unlock();
    }
    breaker.onSuccess(0, TimeUnit.MILLISECONDS);
  }

  /** The endpoint gave no usable answer. */
  Outage failed(String why, Throwable cause) {
    lock.lock();
    try {
      failures++;
      since = since == null ? clock.instant() : since;
      reason = why;
    } finally {
      lock.unlock();
    }
    breaker.onError(0, TimeUnit.MILLISECONDS, cause);
    return outage();
  }

  /** The call was given up on this side, which says nothing about the endpoint. */
  Outage abandoned(String why) {
    breaker.releasePermission();
    Instant now = clock.instant();
    return new Outage(endpoint, why, 1, now, null);
  }

  private void changed(CircuitBreaker.State state, Duration openFor) {
    lock.lock();
    try {
      retryAt = state == CircuitBreaker.State.OPEN ? clock.instant().plus(openFor) : null;
    } finally {
      lock.unlock();
    }
  }

  private Outage outage() {
    lock.lock();
    try {
      Instant began = since == null ? clock.instant() : since;
      return new Outage(endpoint, reason, Math.max(1, failures), began, retryAt);
    } finally {
      lock.unlock();
    }
  }

  private static String wordOf(CircuitBreaker.State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
