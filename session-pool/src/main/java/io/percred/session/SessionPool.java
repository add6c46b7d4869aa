package io.percred.session;

import io.percred.session.PooledSession.Stage;
import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The physical sessions of all callers of one URL and configuration: bounded, keyed by caller,
 * closed when they are idle or too old, counted exactly.
 *
 * <p>A place is taken before the login starts and is free again when the close has ended, so at no
 * instant are there more than {@link SessionBounds#max()} sessions at the database. Logins and
 * closes run on threads of the pool, never under its lock; who waits for one waits with a deadline.
 * A login that outlives its deadline keeps its place until it ends, and what it opened is closed.
 *
 * <p>Borrowers are served in the order they came, see {@link Placement}.
 *
 * <p>Thread-safe.
 */
public final class SessionPool implements AutoCloseable {
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  /** About as long as a login takes; see {@link Placement}. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private static final Duration SHORTEST_SWEEP = Duration.ofMillis(100);
  private static final Duration LONGEST_SWEEP = Duration.ofSeconds(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition allClosed = lock.newCondition();
  private final SessionStore store = new SessionStore();
  private final SessionLedger ledger = new SessionLedger();
  private final WaitingLine line = new WaitingLine(lock);
  private final SessionWorkers workers = new SessionWorkers();
  private final Placement placement;
  private final SessionVendor vendor;
  private final SessionBounds bounds;
  private final Clock clock;
  private final SessionEvents events;
  private boolean sweepPlanned;
  private boolean closed;

  /**
   * Creates a pool that opens nothing yet.
   *
   * @param target what the sessions are opened to, for events
   */
  public SessionPool(
      SessionVendor vendor,
      SessionBounds bounds,
      Target target,
      Clock clock,
      PercredListener listener) {
    this.vendor = vendor;
    this.bounds = bounds;
    this.clock = clock;
    this.events = new SessionEvents(target, listener);
    this.placement = new Placement(store, ledger, bounds, this::startClose);
  }

  /**
   * A connection that takes its sessions from this pool, one per unit of work. Opens none yet.
   *
   * @param context whose resolver says who is calling
   * @param target what the resolver is told
   * @param shape what shapes the session besides the caller, see {@link SessionKey#of}
   * @return the connection; what it does with and without a session is told at {@code
   *     ConnectionHandle}
   */
  public Connection connect(AdapterContext context, Target target, Object shape) {
    return ConnectionHandle.open(new UnitOfWork(this, vendor, context, target, shape));
  }

  /** What the pool did and holds now. */
  public SessionSnapshot snapshot() {
    lock.lock();
    try {
      return ledger.snapshot(bounds.max(), store.idle().size(), line.size());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes what is idle for too long or too old. The pool does so by itself while it holds
   * sessions; calling it more often does no harm.
   */
  public void sweep() {
    lock.lock();
    try {
      placement.sweep(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes every session that no transaction uses and refuses new work; the others are closed when
   * they are given back. Waits for the closes that it started, at most ten seconds.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      line.turnAway();
      placement.clear("pool-closed");
      long left = LONGEST_CLOSE.toNanos();
      while (ledger.closing() > 0 && left > 0) {
        left = allClosed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a session of {@code key}: an idle one, or a new one that {@code credential} opens.
   *
   * @throws SQLException if there is none within the open timeout, the login fails, the thread is
   *     interrupted or the pool is closed
   */
  SessionLease borrow(SessionKey key, @Nullable Credential credential) throws SQLException {
    long deadline = System.nanoTime() + bounds.openTimeout().toNanos();
    PooledSession session = awaitPlace(key, deadline);
    if (!session.isOpened()) {
      open(session, credential, deadline);
    }
    lock.lock();
    try {
      SessionLease lease = new SessionLease(this, session);
      session.lease(lease);
      return lease;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a session back.
   *
   * @param reason why to close it, or null to keep it for the caller's next request
   */
  void release(SessionLease lease, @Nullable String reason) {
    CountDownLatch close;
    lock.lock();
    try {
      if (!lease.end()) {
        return;
      }
      close = giveBack(lease.session(), reason);
    } finally {
      lock.unlock();
    }
    if (close != null) {
      awaitClose(lease.key(), close);
    }
  }

  /** A session was parked; called without the lock. */
  void parked() {
    if (line.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      placement.serve(line, clock.instant());
    } finally {
      lock.unlock();
    }
  }

  private PooledSession awaitPlace(SessionKey key, long deadline) throws SQLException {
    WaitingLine.Waiter waiter = null;
    lock.lock();
    try {
      if (closed) {
        throw PercredError.of(SessionError.POOL_CLOSED).toSqlException();
      }
      waiter = line.join(key);
      placement.serve(line, clock.instant());
      planSweep();
      PooledSession session =
          line.await(waiter, Math.min(deadline, System.nanoTime() + PATIENCE.toNanos()));
      if (session == null) {
        waiter.losePatience();
        placement.serve(line, clock.instant());
        session = line.await(waiter, deadline);
      }
      if (session != null) {
        return session;
      }
      if (closed) {
        throw PercredError.of(SessionError.POOL_CLOSED).toSqlException();
      }
      throw PercredError.of(SessionError.EXHAUSTED, key.principal(), openTimeout(), snapshot())
          .toSqlException();
    } catch (InterruptedException e) {
      throw interrupted(key, e);
    } finally {
      if (waiter != null) {
        line.leave(waiter);
      }
      lock.unlock();
    }
  }

  private void open(PooledSession session, @Nullable Credential credential, long deadline)
      throws SQLException {
    SessionKey key = session.key();
    CompletableFuture<Void> login = new CompletableFuture<>();
    workers.run(() -> logIn(session, credential, login));
    try {
      login.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw openFailure(key, e.getCause());
    } catch (TimeoutException e) {
      if (abandon(session)) {
        throw PercredError.of(SessionError.OPEN_TIMED_OUT, key.principal(), openTimeout())
            .toSqlException();
      }
    } catch (InterruptedException e) {
      if (!abandon(session)) {
        giveBackLocked(session);
      }
      throw interrupted(key, e);
    }
  }

  private void logIn(
      PooledSession session, @Nullable Credential credential, CompletableFuture<Void> login) {
    PhysicalSession physical;
    try {
      physical = vendor.open(session.key(), credential);
    } catch (Throwable e) {
      arrive(session, null, credential);
      login.completeExceptionally(e);
      return;
    }
    boolean late = arrive(session, physical, credential);
    events.opened(session.key());
    if (late) {
      logOut(session, "late", new CountDownLatch(1));
    } else {
      login.complete(null);
    }
  }

  /** Books the end of a login; true if nobody waits for the session any more. */
  private boolean arrive(
      PooledSession session, @Nullable PhysicalSession physical, @Nullable Credential credential) {
    lock.lock();
    try {
      if (physical == null) {
        session.moveTo(Stage.CLOSED);
        ledger.openFailed();
        vacate(session);
        return false;
      }
      ledger.opened();
      session.opened(physical, credential, clock.instant(), bounds);
      if (!session.isAbandoned()) {
        return false;
      }
      ledger.arrivedLate();
      ledger.closingStarted();
      session.moveTo(Stage.CLOSING);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up waiting for a login; false if it has just succeeded. */
  private boolean abandon(PooledSession session) {
    lock.lock();
    try {
      session.abandon();
      return session.stage() != Stage.BORROWED;
    } finally {
      lock.unlock();
    }
  }

  private void giveBackLocked(PooledSession session) {
    lock.lock();
    try {
      giveBack(session, null);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable CountDownLatch giveBack(PooledSession session, @Nullable String reason) {
    Instant now = clock.instant();
    session.lease(null);
    String end = reason == null ? session.endReason(now) : reason;
    if (end == null && (closed || bounds.keepNone())) {
      end = closed ? "pool-closed" : "released";
    }
    if (end != null) {
      return startClosing(session, end);
    }
    session.used(now);
    session.moveTo(Stage.IDLE);
    store.putIdle(session);
    placement.serve(line, now);
    return null;
  }

  private void startClose(PooledSession session, String reason) {
    startClosing(session, reason);
  }

  private CountDownLatch startClosing(PooledSession session, String reason) {
    CountDownLatch done = new CountDownLatch(1);
    session.lease(null);
    session.moveTo(Stage.CLOSING);
    ledger.closingStarted();
    workers.run(() -> logOut(session, reason, done));
    return done;
  }

  private void logOut(PooledSession session, String reason, CountDownLatch done) {
    Throwable failure = null;
    try {
      session.physical().close();
    } catch (Throwable e) {
      failure = e;
    }
    try {
      events.closed(session.key(), reason, failure);
    } finally {
      bookClose(session, failure != null);
      done.countDown();
    }
  }

  private void bookClose(PooledSession session, boolean failed) {
    lock.lock();
    try {
      session.moveTo(Stage.CLOSED);
      ledger.closed(failed);
      vacate(session);
    } finally {
      lock.unlock();
    }
  }

  private void vacate(PooledSession session) {
    store.remove(session);
    placement.serve(line, clock.instant());
    if (ledger.closing() == 0) {
      allClosed.signalAll();
    }
  }

  /** Sweeps go on as long as there are sessions, so that an unused pool has no thread. */
  private void planSweep() {
    if (sweepPlanned || store.size() == 0) {
      return;
    }
    sweepPlanned = true;
    Duration quarter = bounds.idleTimeout().dividedBy(4);
    Duration pause = quarter.compareTo(SHORTEST_SWEEP) < 0 ? SHORTEST_SWEEP : quarter;
    workers.runLater(
        this::plannedSweep, pause.compareTo(LONGEST_SWEEP) > 0 ? LONGEST_SWEEP : pause);
  }

  private void plannedSweep() {
    lock.lock();
    try {
      sweepPlanned = false;
      placement.sweep(clock.instant());
      planSweep();
    } finally {
      lock.unlock();
    }
  }

  /** A close that takes longer goes on, keeps its place until it ends, and is counted then. */
  private void awaitClose(SessionKey key, CountDownLatch close) {
    try {
      if (!close.await(LONGEST_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        events.closingSlowly(key);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String openTimeout() {
    return bounds.openTimeout().toMillis() + " ms";
  }

  private static SQLException interrupted(SessionKey key, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return PercredError.of(SessionError.INTERRUPTED, key.principal())
        .causedBy(cause)
        .toSqlException();
  }

  private static SQLException openFailure(SessionKey key, @Nullable Throwable cause) {
    if (cause instanceof SQLException known) {
      return known;
    }
    PercredError error =
        PercredError.of(
            SessionError.OPEN_FAILED,
            key.principal(),
            cause == null ? "no cause" : cause.getClass().getName());
    return (cause == null ? error : error.causedBy(cause)).toSqlException();
  }
}
