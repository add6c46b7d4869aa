package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Whatever fails and whenever: opened = closed + live, never more than the bounds. */
class SessionAccountingTest {
  private static final int THREADS = 8;
  private static final int STEPS = 120;
  private static final int MAX = 5;
  private static final int MAX_PER_CALLER = 3;

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean interrupted;

  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void nothingIsEverLostOrCountedTwice(@ForAll long seed) throws Exception {
    threads.clear();
    RecordingVendor vendor = new RecordingVendor();
    AtomicInteger nth = new AtomicInteger();
    vendor.beforeOpen(key -> fault(new Random(seed + nth.incrementAndGet()), 10));
    vendor.beforeClose(key -> fault(new Random(seed - nth.incrementAndGet()), 10));
    MovableClock clock = new MovableClock();
    SessionBounds bounds =
        new SessionBounds(
            MAX,
            MAX_PER_CALLER,
            Duration.ofSeconds(20),
            Duration.ofSeconds(90),
            Duration.ofMillis(20),
            Duration.ofSeconds(1));
    SessionPool pool =
        new SessionPool(
            vendor, bounds, new Target("jdbc:fake", null, null), clock, PercredListener.NONE);
    ExecutorService workers = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * 31 + i);
        work.add(() -> use(pool, vendor, clock, random));
      }
      for (Future<Void> done : workers.invokeAll(work)) {
        done.get();
      }
    } finally {
      workers.shutdownNow();
      pool.close();
    }
    while (pool.snapshot().opening() > 0 || pool.snapshot().closing() > 0) {
      LockSupport.parkNanos(1_000_000);
    }

    SessionSnapshot end = pool.snapshot();
    assertThat(end.live()).as(end.toString()).isZero();
    assertThat(end.opened()).isEqualTo(vendor.opened.get()).isEqualTo(end.closed());
    assertThat(vendor.live).hasValue(0);
    assertThat(vendor.mostLive.get()).isLessThanOrEqualTo(MAX);
    assertThat(vendor.mostPerCaller.values()).allMatch(most -> most <= MAX_PER_CALLER);
    assertThat(end.opened()).isPositive();
    assertThat(interrupted).isTrue();
  }

  private Void use(SessionPool pool, RecordingVendor vendor, MovableClock clock, Random random) {
    threads.add(Thread.currentThread());
    for (int step = 0; step < STEPS; step++) {
      String name = "caller-" + random.nextInt(7);
      Credential credential =
          Credential.of("t", name).withExpiry(clock.instant().plusSeconds(random.nextInt(60)));
      try {
        SessionLease lease = pool.borrow(SessionKey.of(credential, "shape"), credential);
        assertThat(lease.key().principal()).isEqualTo(name);
        rest(random, lease, clock);
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isIn("53300", "58000", "08001", "57014");
      }
      if (random.nextInt(5) == 0) {
        List<Thread> others = List.copyOf(threads);
        others.get(random.nextInt(others.size())).interrupt();
      }
      interrupted |= Thread.interrupted();
      if (random.nextInt(10) == 0) {
        clock.advance(Duration.ofSeconds(random.nextInt(15)));
        pool.sweep();
      }
      SessionSnapshot seen = pool.snapshot();
      assertThat(seen.opened()).as(seen.toString()).isEqualTo(seen.closed() + seen.live());
      assertThat(seen.borrowed()).as(seen.toString()).isNotNegative();
      assertThat(seen.live() + seen.opening()).as(seen.toString()).isLessThanOrEqualTo(MAX);
      assertThat(vendor.live.get()).isLessThanOrEqualTo(MAX);
    }
    return null;
  }

  private static void rest(Random random, SessionLease lease, MovableClock clock) {
    switch (random.nextInt(4)) {
      case 0 -> lease.discard("dirty");
      case 1 -> {
        lease.park(clock.instant());
        LockSupport.parkNanos(10_000);
        lease.resume();
        lease.release();
      }
      case 2 -> {
        lease.release();
        lease.release();
      }
      default -> lease.release();
    }
  }

  /** One in {@code rarity} fails, one in {@code rarity} takes longer than the deadline. */
  private static void fault(Random random, int rarity) throws SQLException {
    int dice = random.nextInt(rarity);
    if (dice == 0) {
      throw new SQLException("injected", "08001");
    }
    if (dice == 1) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
    }
  }
}
