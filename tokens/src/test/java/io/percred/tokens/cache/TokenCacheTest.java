package io.percred.tokens.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenCacheTest {
  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final Recorder recorder = new Recorder();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int fetches;

  @ParameterizedTest(name = "a token of {0} s: refreshed from {1}, handed out until {2}")
  @CsvSource({"5, 3000, 4000", "100, 60000, 80000", "3600, 2850000, 3570000"})
  void tokenIsRefreshedAheadAndHandedOutUntilShortlyBeforeItsEnd(
      int lifetime, long refreshFrom, long usableUntil) {
    Credential token = Credential.of("t").withExpiry(clock.instant().plusSeconds(lifetime));

    KeptToken kept = KeptToken.of(token, clock.instant(), Duration.ofSeconds(30));

    assertThat(kept.refreshFrom() - clock.millis()).isEqualTo(refreshFrom);
    assertThat(kept.usableUntil() - clock.millis()).isEqualTo(usableUntil);
  }

  @Test
  void tokenIsFetchedOnceUntilItIsDue() throws Exception {
    TokenCache cache = cache(Runnable::run);
    assertThat(get(cache, "alice")).isEqualTo("alice-1");
    clock.advance(Duration.ofSeconds(59));
    assertThat(get(cache, "alice")).isEqualTo("alice-1");
    assertThat(fetches).isEqualTo(1);
  }

  @Test
  void oldTokenIsHandedOutWhileTheNewOneIsFetched() throws Exception {
    TokenCache cache =
        cache(
            work -> {
              if (fetches == 0) {
                work.run();
              } else {
                waiting.add(work);
              }
            });
    get(cache, "alice");
    clock.advance(Duration.ofSeconds(60));

    assertThat(get(cache, "alice")).isEqualTo("alice-1");
    assertThat(get(cache, "alice")).isEqualTo("alice-1");
    assertThat(waiting).as("one refresh for two calls").hasSize(1);
    waiting.remove().run();

    assertThat(get(cache, "alice")).isEqualTo("alice-2");
    assertThat(recorder.events())
        .singleElement()
        .isInstanceOfSatisfying(
            PercredEvent.Supplied.class,
            refresh -> assertThat(refresh.supplier()).isEqualTo("test refresh"));
  }

  @Test
  void oldTokenStaysInUseWhenItsRefreshFails() throws Exception {
    TokenCache cache = cache(Runnable::run);
    get(cache, "alice");
    clock.advance(Duration.ofSeconds(60));
    Fetcher failing = patience -> fail(TokensError.GRANT_REFUSED);

    assertThat(cache.get("alice", soon(), failing).token()).isEqualTo("alice-1");
    clock.advance(Duration.ofSeconds(19));
    assertThat(cache.get("alice", soon(), failing).token()).isEqualTo("alice-1");
    clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> cache.get("alice", soon(), failing))
        .isInstanceOf(SupplyException.class);
  }

  @ParameterizedTest(name = "{0} is remembered for {1} ms")
  @CsvSource({"GRANT_REFUSED, 5000", "CLIENT_REFUSED, 5000", "COMMAND_FAILED, 1000"})
  void failureIsRememberedForAMoment(TokensError error, long kept) throws Exception {
    TokenCache cache = cache(Runnable::run);
    Fetcher failing = patience -> fail(error);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> cache.get("alice", soon(), failing))
          .isInstanceOfSatisfying(
              SupplyException.class,
              failure -> assertThat(failure.error().code()).isEqualTo(error));
    }
    assertThat(fetches).isEqualTo(1);

    clock.advance(Duration.ofMillis(kept));
    assertThat(get(cache, "alice")).isEqualTo("alice-2");
  }

  @Test
  void failureOfOneCallerIsNotAnothers() throws Exception {
    TokenCache cache = cache(Runnable::run);
    assertThatThrownBy(
            () -> cache.get("alice", soon(), patience -> fail(TokensError.GRANT_REFUSED)))
        .isInstanceOf(SupplyException.class);

    assertThat(get(cache, "bob")).isEqualTo("bob-2");
  }

  @Test
  void callerWaitsNoLongerThanItsDeadline() {
    TokenCache cache = cache(work -> waiting.add(work));

    assertThatThrownBy(
            () -> cache.get("alice", clock.instant().plusMillis(20), patience -> token("alice")))
        .isInstanceOfSatisfying(
            SupplyException.class,
            failure -> assertThat(failure.error().code()).isEqualTo(TokensError.DEADLINE_PASSED));
  }

  @Test
  void tooMuchToFetchIsAnErrorAndNotAQueueWithoutEnd() {
    TokenCache cache =
        cache(
            work -> {
              throw new RejectedExecutionException();
            });

    assertThatThrownBy(() -> get(cache, "alice"))
        .isInstanceOfSatisfying(
            SupplyException.class,
            failure -> assertThat(failure.error().code()).isEqualTo(TokensError.OVERLOADED));
  }

  @Test
  void tokenOfUnknownLifetimeIsKeptForAMinute() throws Exception {
    TokenCache cache = cache(Runnable::run);
    Fetcher opaque = patience -> Credential.of("opaque-" + ++fetches);
    cache.get("x", soon(), opaque);
    clock.advance(Duration.ofSeconds(35));
    assertThat(cache.get("x", soon(), opaque).token()).isEqualTo("opaque-1");
    clock.advance(Duration.ofSeconds(25));
    assertThat(cache.get("x", soon(), opaque).token()).isEqualTo("opaque-2");
  }

  @Test
  void readinessSaysThatNobodyWillWait() throws Exception {
    TokenCache cache = cache(Runnable::run);
    assertThat(cache.isReady("alice")).isFalse();
    get(cache, "alice");
    assertThat(cache.isReady("alice")).isTrue();
    clock.advance(Duration.ofSeconds(79).plusMillis(1));
    assertThat(cache.isReady("alice")).isFalse();
  }

  @Test
  void tokenThatTheDatabaseDidNotTakeIsFetchedAnewOnce() throws Exception {
    TokenCache cache = cache(Runnable::run);
    get(cache, "alice");
    get(cache, "bob");

    assertThat(cache.drop(Credential.of("alice-1"))).isTrue();
    assertThat(cache.drop(Credential.of("alice-1"))).as("told twice").isTrue();
    assertThat(get(cache, "alice")).isEqualTo("alice-3");
    assertThat(get(cache, "bob")).isEqualTo("bob-2");
    assertThat(cache.drop(Credential.of("alice-3"))).as("so soon after the first").isFalse();
    assertThat(get(cache, "alice")).isEqualTo("alice-3");

    clock.advance(Duration.ofSeconds(5));
    assertThat(cache.drop(Credential.of("alice-3"))).isTrue();
    assertThat(get(cache, "alice")).isEqualTo("alice-4");
  }

  @Test
  void tokenOfSomebodyElseIsNotDropped() throws Exception {
    TokenCache cache = cache(Runnable::run);
    get(cache, "alice");

    assertThat(cache.drop(Credential.of("another"))).isFalse();
    assertThat(get(cache, "alice")).isEqualTo("alice-1");
  }

  private String get(TokenCache cache, String principal) throws SupplyException {
    return cache.get(principal, soon(), patience -> token(principal)).token();
  }

  private Instant soon() {
    return clock.instant().plusSeconds(10);
  }

  private Credential token(String principal) {
    return Credential.of(principal + "-" + ++fetches).withExpiry(clock.instant().plusSeconds(100));
  }

  private Credential fail(TokensError error) throws SupplyException {
    fetches++;
    Object[] arguments = new Object[(error.message() + error.remedy()).split("\\{", -1).length - 1];
    Arrays.fill(arguments, "x");
    throw new SupplyException(PercredError.of(error, arguments));
  }

  private TokenCache cache(Executor executor) {
    return new TokenCache(
        new TokenCache.Parts("test", Duration.ofSeconds(30), clock, recorder, executor));
  }
}
