package io.percred.session;

import io.percred.session.PooledSession.Stage;
import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
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
 * <p>When the JVM ends, sessions that nobody uses are closed, and the others as they are given
 * back.
 *
 * <p>Borrowers are served in the order they came, see {@link Placement}.
 *
 * <p>Thread-safe.
 */
public final class SessionPool implements AutoCloseable {
  private static final Duration SHORTEST_SWEEP = Duration.ofMillis(100);
  private static final Duration LONGEST_SWEEP = Duration.ofSeconds(10);
  private static final String CLOSED = "pool-closed";
  private static final String END_OF_JVM = "jvm-ends";

  /** The reason for closing a session that the database or the network has ended. */
  static final String GONE = "gone";

  private final ReentrantLock lock = new ReentrantLock();
  private final SessionStore store = new SessionStore();
  private final SessionLedger ledger = new SessionLedger();
  private final WaitingLine line = new WaitingLine(lock);
  private final SessionWorkers workers = new SessionWorkers();
  private final SessionVendor vendor;
  private final SessionBounds bounds;
  private final Clock clock;
  private final SessionCloser closer;
  private final SessionOpener opener;
  private final Placement placement;
  private final Liveness liveness;
  private boolean sweepPlanned;
  private boolean closed;

  /** Why no session is kept any more, or null. Read without the lock by who parks a session. */
  private volatile @Nullable String ending;

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
    SessionDesk desk =
        new SessionDesk(lock, store, ledger, workers, new SessionEvents(target, listener));
    this.closer = new SessionCloser(desk, this::serve);
    this.opener = new SessionOpener(desk, vendor, bounds, clock, closer);
    this.placement = new Placement(store, ledger, bounds, closer::start);
    this.liveness = new Liveness(vendor, clock);
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
    PinnableContext pinnable = new PinnableContext(context);
    UnitOfWork unit = new UnitOfWork(this, vendor, pinnable, target, shape);
    return ConnectionHandle.open(unit, new HeldHandle(pinnable, unit));
  }

  /**
   * The hold on a connection that {@link #connect} made, whatever pool wraps it; null if it is
   * another one. Takes no session.
   *
   * @throws SQLException if the connection cannot tell
   */
  public static @Nullable HeldConnection held(Connection connection) throws SQLException {
    return connection.isWrapperFor(HeldConnection.class)
        ? connection.unwrap(HeldConnection.class)
        : null;
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
      ending = CLOSED;
      line.turnAway();
      placement.clear(CLOSED);
    } finally {
      lock.unlock();
    }
    awaitDrained(System.nanoTime() + SessionCloser.LONGEST_WAIT.toNanos());
    PoolsAtExit.remove(this);
  }

  /**
   * Closes every session that no transaction uses, and from now on each that is given back. Does
   * not refuse work, nor wait.
   */
  void drain() {
    lock.lock();
    try {
      ending = closed ? CLOSED : END_OF_JVM;
      placement.clear(END_OF_JVM);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the closes that have started.
   *
   * @param deadline how long, by the nano clock
   */
  void awaitDrained(long deadline) {
    lock.lock();
    try {
      closer.awaitAll(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a session of {@code key}: an idle one that is still there, or a new one that {@code
   * credential} opens.
   *
   * @throws SQLException if there is none within the open timeout, the login fails, the thread is
   *     interrupted or the pool is closed
   */
  SessionLease borrow(SessionKey key, @Nullable Credential credential) throws SQLException {
    long deadline = System.nanoTime() + bounds.openTimeout().toNanos();
    PooledSession session = awaitPlace(key, deadline);
    while (session.isOpened() && !isAlive(session, deadline)) {
      session = awaitPlace(key, deadline);
    }
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
    if (GONE.equals(reason)) {
      liveness.oneIsGone();
    }
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
      closer.await(lease.key(), close);
    }
  }

  /** A session was parked; called without the lock. */
  void parked(SessionLease lease) {
    if (line.isEmpty() && ending == null) {
      return;
    }
    CountDownLatch close = null;
    lock.lock();
    try {
      String end = ending;
      if (end != null && lease.reclaim()) {
        close = closer.start(lease.session(), end);
      }
      serve();
    } finally {
      lock.unlock();
    }
    if (close != null) {
      closer.await(lease.key(), close);
    }
  }

  private void serve() {
    placement.serve(line, clock.instant());
  }

  private PooledSession awaitPlace(SessionKey key, long deadline) throws SQLException {
    WaitingLine.Waiter waiter = null;
    lock.lock();
    try {
      if (closed) {
        throw PercredError.of(SessionError.POOL_CLOSED).toSqlException();
      }
      waiter = line.join(key);
      PooledSession session = awaitPatiently(waiter, deadline);
      if (session != null) {
        return session;
      }
      if (closed) {
        throw PercredError.of(SessionError.POOL_CLOSED).toSqlException();
      }
      throw PercredError.of(
              SessionError.EXHAUSTED, key.principal(), bounds.shownTimeout(), snapshot())
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

  /** Looks again and again, as a session that rests becomes anybody's without a word. */
  private @Nullable PooledSession awaitPatiently(WaitingLine.Waiter waiter, long deadline)
      throws InterruptedException {
    long patience = Math.min(deadline, System.nanoTime() + opener.patience());
    PooledSession session;
    do {
      if (System.nanoTime() >= patience) {
        waiter.losePatience();
      }
      serve();
      planSweep();
      session =
          line.await(waiter, Math.min(deadline, System.nanoTime() + Placement.REST.toNanos()));
    } while (session == null && !closed && System.nanoTime() < deadline);
    return session;
  }

  /** Starts closing the session if it is not. */
  private boolean isAlive(PooledSession session, long deadline) {
    boolean alive = false;
    try {
      alive = liveness.isAlive(session, deadline);
    } finally {
      if (!alive) {
        liveness.oneIsGone();
        lock.lock();
        try {
          closer.start(session, GONE);
        } finally {
          lock.unlock();
        }
      }
    }
    return alive;
  }

  private void open(PooledSession session, @Nullable Credential credential, long deadline)
      throws SQLException {
    try {
      opener.open(session, credential, deadline);
    } catch (InterruptedException e) {
      if (!opener.abandon(session)) {
        giveBackLocked(session);
      }
      throw interrupted(session.key(), e);
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
    if (end == null) {
      end = whyNotKept();
    }
    if (end != null) {
      return closer.start(session, end);
    }
    session.used(now);
    session.moveTo(Stage.IDLE);
    store.putIdle(session);
    serve();
    return null;
  }

  private @Nullable String whyNotKept() {
    return ending == null && bounds.keepNone() ? "released" : ending;
  }

  /**
   * Sweeps go on as long as there are sessions, so that an unused pool has no thread, nor a hook.
   */
  private void planSweep() {
    if (sweepPlanned || store.size() == 0) {
      return;
    }
    sweepPlanned = true;
    if (!closed) {
      PoolsAtExit.add(this);
    }
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
      if (!sweepPlanned) {
        PoolsAtExit.remove(this);
      }
    } finally {
      lock.unlock();
    }
  }

  private static SQLException interrupted(SessionKey key, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return PercredError.of(SessionError.INTERRUPTED, key.principal())
        .causedBy(cause)
        .toSqlException();
  }
}
