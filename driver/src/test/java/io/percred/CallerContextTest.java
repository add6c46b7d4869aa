package io.percred;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.caller.CallerStack;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On whose behalf a thread works, whatever order scopes are opened and closed in. */
class CallerContextTest {
  private static final Credential ALICE = Credential.of("alice-token", "alice");
  private static final Credential BOB = Credential.of("bob-token", "bob");
  private static final Credential CAROL = Credential.of("carol-token", "carol");

  @AfterEach
  void noTestLeavesCallerOnItsThread() {
    assertThat(CallerStack.innermost()).isNull();
  }

  @Test
  void scopesNestAndRestore() {
    assertThat(current()).isNull();
    CallerScope outer = CallerContext.open(ALICE);
    CallerScope inner = CallerContext.open(BOB);
    assertThat(current()).isEqualTo(BOB);
    inner.close();
    assertThat(current()).isEqualTo(ALICE);
    outer.close();
    assertThat(current()).isNull();
  }

  @Test
  void openingNobodyHidesTheCallerAround() {
    CallerScope outer = CallerContext.open(ALICE);
    CallerScope inner = CallerContext.open(Caller.NONE);
    assertThat(current()).isNull();
    inner.close();
    assertThat(current()).isEqualTo(ALICE);
    outer.close();
  }

  @Test
  void attributesTravelWithTheCaller() {
    Caller caller = new Caller(ALICE, Map.of("tenant", "7"), null);
    CallerScope scope = CallerContext.open(caller);
    assertThat(CallerContext.current()).isEqualTo(caller);
    scope.close();
  }

  @Test
  void closingOuterScopeEndsTheOneThatWasForgottenWithin() {
    CallerScope around = CallerContext.open(CAROL);
    CallerScope outer = CallerContext.open(ALICE);
    CallerScope forgotten = CallerContext.open(BOB);
    outer.close();
    assertThat(current()).isEqualTo(CAROL);
    forgotten.close();
    assertThat(current()).isEqualTo(CAROL);
    around.close();
    assertThat(current()).isNull();
  }

  @Test
  void closingTwiceDoesNotEndLaterScopes() {
    CallerScope first = CallerContext.open(ALICE);
    first.close();
    CallerScope second = CallerContext.open(BOB);
    first.close();
    assertThat(current()).isEqualTo(BOB);
    second.close();
  }

  @Test
  void closingOnAnotherThreadEndsTheScopeWhereItWasOpened() throws Exception {
    CallerScope scope = CallerContext.open(ALICE);
    Credential ofOtherThread =
        onAnotherThread(
            () -> {
              CallerScope own = CallerContext.open(BOB);
              scope.close();
              Credential seen = current();
              own.close();
              return seen;
            });
    assertThat(ofOtherThread).isEqualTo(BOB);
    assertThat(current()).isNull();
  }

  @Test
  void threadsStartedWithinScopeHaveNoCaller() throws Exception {
    CallerScope scope = CallerContext.open(ALICE);
    assertThat(onAnotherThread(CallerContextTest::current)).isNull();
    scope.close();
  }

  @Test
  void capturedCallerTravelsAndIsGoneAfterwards() throws Exception {
    CallerScope scope = CallerContext.open(ALICE);
    CallerSnapshot snapshot = CallerContext.capture();
    scope.close();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Callable<@Nullable Credential> task = CallerContextTest::current;
      assertThat(executor.submit(snapshot.wrap(task)).get(10, TimeUnit.SECONDS)).isEqualTo(ALICE);
      assertThat(executor.submit(task).get(10, TimeUnit.SECONDS)).isNull();
      boolean[] seen = {false};
      Runnable remembers = () -> seen[0] = ALICE.equals(current());
      executor.submit(snapshot.wrap(remembers)).get(10, TimeUnit.SECONDS);
      assertThat(seen[0]).isTrue();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void taskCapturedFromNobodyDoesNotRunAsTheCallerOfItsThread() throws Exception {
    CallerSnapshot nobody = CallerContext.capture();
    CallerScope scope = CallerContext.open(ALICE);
    Callable<@Nullable Credential> task = CallerContextTest::current;
    assertThat(nobody.wrap(task).call()).isNull();
    assertThat(current()).isEqualTo(ALICE);
    scope.close();
  }

  @Test
  void failingTaskLeavesNoCallerBehind() {
    CallerScope scope = CallerContext.open(ALICE);
    CallerSnapshot snapshot = CallerContext.capture();
    scope.close();
    Runnable failing =
        () -> {
          throw new IllegalStateException();
        };
    try {
      snapshot.wrap(failing).run();
    } catch (IllegalStateException expected) {
      assertThat(current()).isNull();
    }
  }

  @Test
  void serviceScopeHidesTheCallerAroundAndTravels() throws Exception {
    CallerScope outer = CallerContext.open(ALICE);
    CallerScope service = CallerContext.service();
    assertThat(CallerContext.isService()).isTrue();
    assertThat(current()).isNull();
    Callable<Boolean> asked = CallerContext::isService;
    Callable<Boolean> travelling = CallerContext.capture().wrap(asked);
    assertThat(onAnotherThread(travelling)).isTrue();
    service.close();
    assertThat(CallerContext.isService()).isFalse();
    assertThat(current()).isEqualTo(ALICE);
    outer.close();
  }

  @Test
  void manyThreadsEachSeeTheirOwnCallerOnly() throws Exception {
    int threads = 16;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CyclicBarrier together = new CyclicBarrier(threads);
    try {
      List<Future<Integer>> outcomes =
          IntStream.range(0, threads)
              .mapToObj(
                  number ->
                      executor.submit(
                          () -> {
                            together.await(10, TimeUnit.SECONDS);
                            return wrongCallersSeen("token-" + number);
                          }))
              .toList();
      for (Future<Integer> each : outcomes) {
        assertThat(each.get(30, TimeUnit.SECONDS)).isZero();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static int wrongCallersSeen(String token) {
    int wrong = 0;
    for (int i = 0; i < 5_000; i++) {
      Credential own = Credential.of(token);
      CallerScope outer = CallerContext.open(own);
      CallerScope inner = CallerContext.open(Caller.NONE);
      wrong += current() == null ? 0 : 1;
      inner.close();
      wrong += own.equals(current()) ? 0 : 1;
      outer.close();
      wrong += current() == null ? 0 : 1;
    }
    return wrong;
  }

  private static @Nullable Credential current() {
    return CallerContext.current().credential();
  }

  private static <T extends @Nullable Object> T onAnotherThread(Callable<T> task) throws Exception {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      return executor.submit(task).get(10, TimeUnit.SECONDS);
    } finally {
      executor.shutdownNow();
    }
  }
}
