package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.PropertyType;
import io.percred.spi.Target;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SessionPoolTest {
  private static final Target TARGET = new Target("jdbc:fake://host", null, null);
  private static final Credential ALICE = Credential.of("token-of-alice", "alice");
  private static final Credential BOB = Credential.of("token-of-bob", "bob");
  private static final Credential CAROL = Credential.of("token-of-carol", "carol");

  private final MovableClock clock = new MovableClock();
  private final RecordingVendor vendor = new RecordingVendor();
  private final List<PercredEvent> events = new CopyOnWriteArrayList<>();

  @Test
  void theSecondRequestOfACallerFindsTheSessionOfTheFirst() throws Exception {
    try (SessionPool pool = pool(20, 4, "2m")) {
      borrow(pool, ALICE).release();
      borrow(pool, ALICE.withExpiry(clock.instant().plusSeconds(9000))).release();

      assertThat(vendor.log).containsExactly("open alice");
      assertThat(pool.snapshot().reused()).isOne();
    }
    assertThat(vendor.live).hasValue(0);
  }

  @Test
  void aSessionThatWaitedIsAskedWhetherItIsStillThere() throws Exception {
    try (SessionPool pool = pool(20, 4, "2m")) {
      borrow(pool, ALICE).release();
      clock.advance(Duration.ofMillis(499));
      borrow(pool, ALICE).release();
      assertThat(vendor.asked).hasValue(0);
      clock.advance(Duration.ofMillis(500));
      borrow(pool, ALICE).release();
      assertThat(vendor.asked).hasValue(1);
      assertThat(vendor.opened).hasValue(1);

      clock.advance(Duration.ofMillis(500));
      vendor.answering = false;
      borrow(pool, ALICE).release();
      assertThat(vendor.asked).hasValue(2);
      assertThat(vendor.opened).hasValue(2);
    }
    assertThat(vendor.live).hasValue(0);
  }

  @Test
  void onceASessionIsGoneTheOthersThatWaitAreAsked() throws Exception {
    try (SessionPool pool = pool(20, 4, "2m")) {
      SessionLease gone = borrow(pool, ALICE);
      borrow(pool, ALICE).release();
      borrow(pool, BOB).release();
      gone.discard(SessionPool.GONE);

      borrow(pool, BOB).release();
      assertThat(vendor.asked).hasValue(1);
      vendor.answering = false;
      borrow(pool, ALICE).release();
      assertThat(vendor.asked).hasValue(2);
      assertThat(vendor.opened).hasValue(4);
    }
    assertThat(vendor.live).hasValue(0);
  }

  @Test
  void drainingClosesWhatIsIdleAndKeepsNothingMoreButRefusesNoWork() throws Exception {
    try (SessionPool pool = pool(20, 4, "2m")) {
      SessionLease working = borrow(pool, ALICE);
      borrow(pool, BOB).release();

      pool.drain();
      pool.awaitDrained(System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
      assertThat(vendor.live).hasValue(1);
      working.release();
      assertThat(vendor.live).hasValue(0);

      borrow(pool, CAROL).release();
      assertThat(vendor.live).hasValue(0);
      assertThat(vendor.log).contains("open carol");
    }
  }

  @Test
  void loginsInheritNothingOfTheRequestThatBeganThem() throws Exception {
    InheritableThreadLocal<String> request = new InheritableThreadLocal<>();
    List<String> seen = new CopyOnWriteArrayList<>();
    vendor.beforeOpen(key -> seen.add(String.valueOf(request.get())));
    try (SessionPool pool = pool(20, 4, "2m")) {
      request.set("of alice");
      borrow(pool, ALICE).release();
    } finally {
      request.remove();
    }
    assertThat(seen).containsExactly("null");
  }

  @Test
  void listenerThatThrowsLosesNoSessionAndHoldsUpNobody() throws Exception {
    AssertionError broken = new AssertionError("broken");
    SessionPool pool =
        new SessionPool(
            vendor,
            new SessionBounds(1, 1, span("2m"), span("30m"), span("10s"), Duration.ZERO),
            TARGET,
            clock,
            event -> {
              throw broken;
            });
    long start = System.nanoTime();
    borrow(pool, ALICE).release();
    pool.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
    assertThat(vendor.live).hasValue(0);
  }

  @Test
  void poolThatNobodyClosedIsNotKeptOnceItsSessionsHaveEnded() throws Exception {
    ReferenceQueue<SessionPool> collected = new ReferenceQueue<>();
    List<PhantomReference<SessionPool>> references = new ArrayList<>();
    for (boolean used : new boolean[] {false, true}) {
      references.add(new PhantomReference<>(forgotten(used), collected));
    }
    for (int found = 0; found < references.size(); ) {
      System.gc();
      found += collected.remove(100) == null ? 0 : 1;
    }
    assertThat(vendor.live).hasValue(0);
  }

  /** A pool whose sessions end by themselves, as nobody uses them. */
  private SessionPool forgotten(boolean used) throws SQLException {
    SessionPool pool =
        new SessionPool(
            vendor,
            new SessionBounds(1, 1, span("400ms"), span("30m"), span("10s"), Duration.ZERO),
            TARGET,
            clock,
            PercredListener.NONE);
    if (used) {
      borrow(pool, ALICE).release();
      clock.advance(Duration.ofMinutes(3));
      pool.sweep();
    }
    return pool;
  }

  @Test
  void anUnverifiedTokenNeverReachesTheSessionOfAnother() {
    Object shape = "shape";
    Credential forged = Credential.of("forged token with sub=alice");

    assertThat(SessionKey.of(forged, shape)).isNotEqualTo(SessionKey.of(ALICE, shape));
    assertThat(SessionKey.of(Credential.of("alice"), shape))
        .isNotEqualTo(SessionKey.of(ALICE, shape));
    assertThat(SessionKey.of(forged.withClaims(Map.of("sub", "alice")), shape))
        .isEqualTo(SessionKey.of(forged, shape));
    assertThat(SessionKey.shared(shape)).isNotEqualTo(SessionKey.of(forged, shape));
  }

  @Test
  void aTokenWithAnotherScopeOrShapeIsAnotherKey() {
    Credential analyst = ALICE.withClaims(Map.of("sub", "1", "scp", List.of("role:analyst")));
    Credential admin = ALICE.withClaims(Map.of("sub", "1", "scp", List.of("role:admin")));
    Credential renewed =
        Credential.of("a newer token", "alice")
            .withClaims(Map.of("sub", "1", "scp", List.of("role:analyst"), "jti", "2"));

    assertThat(SessionKey.of(analyst, "s")).isNotEqualTo(SessionKey.of(admin, "s"));
    assertThat(SessionKey.of(analyst, "s")).isEqualTo(SessionKey.of(renewed, "s"));
    assertThat(SessionKey.of(analyst, "s")).isNotEqualTo(SessionKey.of(analyst, "t"));
  }

  @Test
  void makingRoomClosesExactlyTheSessionThatWasNotUsedForTheLongestTime() throws Exception {
    try (SessionPool pool = pool(12, 12, "2m")) {
      for (int i = 0; i < 12; i++) {
        borrow(pool, Credential.of("t" + i, "caller-" + i)).release();
        clock.advance(Duration.ofSeconds(1));
      }
      borrow(pool, Credential.of("t0", "caller-0")).release();
      borrow(pool, ALICE).release();

      assertThat(vendor.log)
          .filteredOn(line -> line.startsWith("close"))
          .containsExactly("close caller-1");
      assertThat(vendor.mostLive).hasValue(12);
      assertThat(pool.snapshot().evicted()).isOne();
    }
  }

  @Test
  void aParkedSessionIsEvictedOnlyIfThereIsNoIdleOne() throws Exception {
    try (SessionPool pool = pool(2, 2, "2m")) {
      SessionLease parked = borrow(pool, ALICE);
      parked.park(clock.instant());
      clock.advance(Duration.ofSeconds(1));
      borrow(pool, BOB).release();

      SessionLease carol = borrow(pool, CAROL);
      assertThat(vendor.log).endsWith("close bob", "open carol");
      assertThat(parked.resume()).isTrue();
      parked.park(clock.instant());

      SessionLease bob = borrow(pool, BOB);
      assertThat(vendor.log).endsWith("close alice", "open bob");
      assertThat(parked.resume()).isFalse();
      parked.release();
      carol.release();
      bob.release();
      assertThat(pool.snapshot().idle()).isEqualTo(2);
    }
  }

  @Test
  void aBusySessionIsNeverTakenAway() throws Exception {
    try (SessionPool pool = pool(1, 1, "2m", "600ms")) {
      SessionLease alice = borrow(pool, ALICE);

      assertThatThrownBy(() -> borrow(pool, BOB))
          .isInstanceOfSatisfying(
              SQLTransientException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("53300");
                assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-300");
                assertThat(e.getMessage()).contains("1 live of at most 1 (0 idle, 1 borrowed");
              });
      assertThat(alice.resume()).isTrue();
      alice.release();
      borrow(pool, BOB).release();
    }
  }

  @Test
  void whoWaitsIsServedByWhoParks() throws Exception {
    try (SessionPool pool = pool(1, 1, "2m")) {
      SessionLease alice = borrow(pool, ALICE);
      CompletableFuture<SessionLease> bob =
          CompletableFuture.supplyAsync(() -> unchecked(pool, BOB));
      awaitWaiting(pool, 1);
      alice.park(clock.instant());

      bob.get(10, TimeUnit.SECONDS).release();
      assertThat(alice.resume()).isFalse();
      assertThat(vendor.mostLive).hasValue(1);
    }
  }

  @Test
  void oneCallerCannotTakeMoreThanItsShare() throws Exception {
    try (SessionPool pool = pool(20, 2, "2m", "600ms")) {
      SessionLease first = borrow(pool, ALICE);
      SessionLease second = borrow(pool, ALICE);

      assertThatThrownBy(() -> borrow(pool, ALICE)).hasMessageContaining("PERCRED-300");
      borrow(pool, BOB).release();
      first.release();
      borrow(pool, ALICE).release();
      second.release();
      assertThat(vendor.opened).hasValue(3);
    }
  }

  @Test
  void aBusyCallersSecondSessionIsNotWorthAnothersOnlyOne() throws Exception {
    try (SessionPool pool = pool(2, 2, "2m")) {
      SessionLease busy = borrow(pool, ALICE);
      borrow(pool, BOB).release();
      CompletableFuture<SessionLease> second =
          CompletableFuture.supplyAsync(() -> unchecked(pool, ALICE));
      awaitWaiting(pool, 1);
      busy.release();

      second.get(10, TimeUnit.SECONDS).release();
      assertThat(vendor.log).containsExactly("open alice", "open bob");
    }
  }

  @Test
  void whoHasWaitedLongEnoughForItsOwnSessionsGetsAnothersPlace() throws Exception {
    try (SessionPool pool = pool(2, 2, "2m")) {
      SessionLease busy = borrow(pool, ALICE);
      borrow(pool, BOB).release();
      borrow(pool, ALICE).release();
      assertThat(vendor.log).containsExactly("open alice", "open bob", "close bob", "open alice");
      busy.release();
    }
  }

  @Test
  void aSessionEndsWithItsTokenLessTheSkew() throws Exception {
    try (SessionPool pool = pool(20, 4, "30m")) {
      borrow(pool, ALICE.withExpiry(clock.instant().plusSeconds(100))).release();
      clock.advance(Duration.ofSeconds(69));
      borrow(pool, ALICE).release();
      assertThat(vendor.opened).hasValue(1);

      clock.advance(Duration.ofSeconds(1));
      borrow(pool, ALICE).release();
      assertThat(vendor.opened).hasValue(2);
    }
    assertThat(reasons()).containsExactlyInAnyOrder("expired", "pool-closed");
  }

  @Test
  void aSessionEndsWithItsLongestLifetimeHoweverOftenItIsUsed() throws Exception {
    try (SessionPool pool = pool(20, 4, "30m")) {
      for (int minute = 0; minute <= 30; minute++) {
        borrow(pool, ALICE).release();
        clock.advance(Duration.ofMinutes(1));
      }
      assertThat(vendor.opened).hasValue(2);
    }
    assertThat(reasons()).containsExactlyInAnyOrder("max-lifetime", "pool-closed");
  }

  @Test
  void anIdleSessionIsSweptAndAParkedOneToo() throws Exception {
    try (SessionPool pool = pool(20, 4, "2m")) {
      borrow(pool, ALICE).release();
      SessionLease parked = borrow(pool, BOB);
      parked.park(clock.instant());
      SessionLease busy = borrow(pool, CAROL);
      clock.advance(Duration.ofMinutes(2));
      pool.sweep();

      assertThat(busy.resume()).isTrue();
      assertThat(parked.resume()).isFalse();
      busy.release();
    }
    assertThat(reasons()).containsExactlyInAnyOrder("idle", "idle", "pool-closed");
  }

  @Test
  void idleTimeoutZeroClosesEverySessionBeforeReleaseReturns() throws Exception {
    try (SessionPool pool = pool(20, 4, "0")) {
      for (int i = 0; i < 3; i++) {
        borrow(pool, ALICE).release();
        assertThat(vendor.live).hasValue(0);
      }
      assertThat(vendor.opened).hasValue(3);
    }
  }

  @Test
  void aHangingLoginEndsAtTheDeadlineAndWhatArrivesLateIsClosed() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    vendor.beforeOpen(key -> await(answer));
    try (SessionPool pool = pool(1, 1, "2m", "600ms")) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> borrow(pool, ALICE))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("58000");
                assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-301");
              });
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(pool.snapshot().opening()).isOne();
      vendor.beforeOpen(key -> {});
      answer.countDown();
      SessionLease next = borrowWhenFree(pool);
      next.release();

      SessionSnapshot seen = pool.snapshot();
      assertThat(seen.lateArrivals()).isOne();
      assertThat(seen.opened()).isEqualTo(2);
      assertThat(seen.closed()).isOne();
      assertThat(vendor.mostLive).hasValue(1);
    }
    assertThat(reasons()).containsExactlyInAnyOrder("late", "pool-closed");
  }

  @Test
  void anInterruptedBorrowerLeavesNoSession() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    vendor.beforeOpen(
        key -> {
          started.countDown();
          await(answer);
        });
    try (SessionPool pool = pool(1, 1, "2m")) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread borrower =
          new Thread(
              () -> {
                try {
                  borrow(pool, ALICE).release();
                  outcome.complete(new AssertionError("no error"));
                } catch (SQLException e) {
                  outcome.complete(e);
                }
              });
      borrower.start();
      started.await();
      borrower.interrupt();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).hasMessageContaining("PERCRED-308");
      answer.countDown();
      borrowWhenFree(pool).release();
      assertThat(pool.snapshot().lateArrivals()).isOne();
    }
    assertThat(vendor.live).hasValue(0);
  }

  @Test
  void aFailedCloseIsCountedAndFreesItsPlace() throws Exception {
    vendor.beforeClose(
        key -> {
          throw new SQLException("the network is gone");
        });
    try (SessionPool pool = pool(1, 1, "2m")) {
      borrow(pool, ALICE).release();
      borrow(pool, BOB).release();

      assertThat(pool.snapshot().failedCloses()).isOne();
      assertThat(pool.snapshot().live()).isOne();
    }
  }

  @Test
  void aFailedLoginIsTheBorrowersErrorAndFreesItsPlace() throws Exception {
    vendor.beforeOpen(
        key -> {
          throw new SQLException("denied", "28000");
        });
    try (SessionPool pool = pool(1, 1, "2m")) {
      assertThatThrownBy(() -> borrow(pool, ALICE))
          .hasMessage("denied")
          .satisfies(
              denied ->
                  assertThat(denied.getStackTrace())
                      .as("the login's thread and the borrower's")
                      .extracting(StackTraceElement::getMethodName)
                      .contains("logIn", "aFailedLoginIsTheBorrowersErrorAndFreesItsPlace"));
      vendor.beforeOpen(key -> {});
      borrow(pool, ALICE).release();
      assertThat(pool.snapshot().failedOpens()).isOne();
    }
  }

  @Test
  void whatAnAdapterThrowsAgainstTheContractIsAnSqlException() throws Exception {
    vendor.beforeOpen(
        key -> {
          throw new IllegalStateException("broken");
        });
    try (SessionPool pool = pool(1, 1, "2m")) {
      assertThatThrownBy(() -> borrow(pool, ALICE))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("PERCRED-309")
          .hasRootCauseMessage("broken");
    }
  }

  @Test
  void aClosedPoolRefusesAndClosesWhatComesBack() throws Exception {
    SessionPool pool = pool(20, 4, "2m");
    SessionLease alice = borrow(pool, ALICE);
    pool.close();

    assertThatThrownBy(() -> borrow(pool, BOB)).hasMessageContaining("PERCRED-302");
    assertThat(vendor.live).hasValue(1);
    alice.release();
    assertThat(vendor.live).hasValue(0);
    assertThat(events).hasSize(2);
  }

  private List<String> reasons() {
    return events.stream()
        .filter(PercredEvent.SessionClosed.class::isInstance)
        .map(event -> ((PercredEvent.SessionClosed) event).reason())
        .toList();
  }

  private SessionPool pool(int max, int perCaller, String idle) {
    return pool(max, perCaller, idle, "10s");
  }

  private SessionPool pool(int max, int perCaller, String idle, String openTimeout) {
    SessionBounds bounds =
        new SessionBounds(
            max,
            perCaller,
            span(idle),
            Duration.ofMinutes(30),
            span(openTimeout),
            Duration.ofSeconds(30));
    return new SessionPool(vendor, bounds, TARGET, clock, events::add);
  }

  private static Duration span(String written) {
    return Objects.requireNonNull(PropertyType.TimeSpan.parse(written));
  }

  private static SessionLease borrow(SessionPool pool, Credential credential) throws SQLException {
    return pool.borrow(SessionKey.of(credential, "shape"), credential);
  }

  private static SessionLease unchecked(SessionPool pool, Credential credential) {
    try {
      return borrow(pool, credential);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Borrows as soon as the place of a late login is free. */
  private static SessionLease borrowWhenFree(SessionPool pool) throws SQLException {
    return borrow(pool, BOB);
  }

  private static void awaitWaiting(SessionPool pool, int waiting) {
    while (pool.snapshot().waiting() < waiting) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) throws SQLException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
  }
}
