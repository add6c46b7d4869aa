package io.percred.tokens.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Random schedules of callers, failures and time on several threads. */
class TokenCacheScheduleTest {
  private static final int THREADS = 4;

  private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
  private final AtomicInteger serial = new AtomicInteger();

  /** One thing a thread does: time passes, then a principal wants a token. */
  record Step(int principal, int millisPassed, boolean fails, int lifetimeMillis) {}

  @Property(tries = 150)
  void nobodyEverGetsAnothersTokenAndNoPrincipalIsFetchedForTwiceAtOnce(
      @ForAll("schedules") List<List<Step>> schedules) throws Exception {
    SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
    ExecutorService fetchers = Executors.newFixedThreadPool(3);
    ExecutorService callers = Executors.newFixedThreadPool(THREADS);
    try {
      TokenCache cache =
          new TokenCache(
              new TokenCache.Parts(
                  "test", Duration.ofMillis(200), clock, PercredListener.NONE, fetchers));
      List<Future<?>> running = new ArrayList<>();
      for (List<Step> schedule : schedules) {
        running.add(callers.submit(() -> schedule.forEach(step -> perform(step, cache, clock))));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      callers.shutdownNow();
      fetchers.shutdownNow();
    }
  }

  @Property
  void nobodyGetsATokenThatHasEnded(@ForAll("schedule") List<Step> schedule) {
    SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
    TokenCache cache =
        new TokenCache(
            new TokenCache.Parts(
                "test", Duration.ofMillis(200), clock, PercredListener.NONE, Runnable::run));
    for (Step step : schedule) {
      Credential token = perform(step, cache, clock);
      if (token != null) {
        assertThat(token.expiry()).isAfter(clock.instant());
      }
    }
  }

  @Provide
  Arbitrary<List<List<Step>>> schedules() {
    return schedule().list().ofSize(THREADS);
  }

  @Provide
  Arbitrary<List<Step>> schedule() {
    Arbitrary<Step> step =
        Combinators.combine(
                Arbitraries.integers().between(0, 4),
                Arbitraries.integers().between(0, 400),
                Arbitraries.of(true, false, false),
                Arbitraries.integers().between(1, 2000))
            .as(Step::new);
    return step.list().ofMinSize(5).ofMaxSize(40);
  }

  private @Nullable Credential perform(Step step, TokenCache cache, SetClock clock) {
    clock.advance(Duration.ofMillis(step.millisPassed()));
    String principal = "principal-" + step.principal();
    Instant before = clock.instant();
    try {
      Credential token =
          cache.get(principal, before.plusSeconds(10), patience -> fetch(principal, step, clock));
      assertThat(token.token()).startsWith(principal + "/");
      return token;
    } catch (SupplyException e) {
      assertThat(e.error().message()).contains(principal);
      return null;
    }
  }

  private Credential fetch(String principal, Step step, SetClock clock) throws SupplyException {
    AtomicInteger same = underWay.computeIfAbsent(principal, absent -> new AtomicInteger());
    assertThat(same.incrementAndGet()).as("fetches at once for %s", principal).isEqualTo(1);
    try {
      Thread.onSpinWait();
      if (step.fails()) {
        throw new SupplyException(
            PercredError.of(TokensError.GRANT_REFUSED, "endpoint", "not for " + principal));
      }
      return Credential.of(principal + "/" + serial.incrementAndGet())
          .withExpiry(clock.instant().plusMillis(step.lifetimeMillis()));
    } finally {
      same.decrementAndGet();
    }
  }
}
