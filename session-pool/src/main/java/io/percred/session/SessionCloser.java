package io.percred.session;

import io.percred.session.PooledSession.Stage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/**
 * Logs out. A place is free again only when the close has ended, however long it takes and whether
 * or not it succeeded. Thread-safe by the desk's lock; closes run without it.
 */
final class SessionCloser {
  /** How long anybody waits for a close; it goes on, and is counted when it ends. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final SessionDesk desk;
  private final Condition allClosed;
  private final Runnable placeFreed;

  /**
   * Creates it.
   *
   * @param placeFreed runs under the lock whenever a place has become free
   */
  SessionCloser(SessionDesk desk, Runnable placeFreed) {
    this.desk = desk;
    this.allClosed = desk.lock().newCondition();
    this.placeFreed = placeFreed;
  }

  /** Starts closing a taken session; called under the lock. The latch tells when it has ended. */
  CountDownLatch start(PooledSession session, String reason) {
    CountDownLatch done = new CountDownLatch(1);
    session.lease(null);
    session.moveTo(Stage.CLOSING);
    desk.ledger().closingStarted();
    desk.workers().run(() -> close(session, reason, done));
    return done;
  }

  /** Closes a session whose closing is booked already; called without the lock. */
  void closeNow(PooledSession session, String reason) {
    close(session, reason, new CountDownLatch(1));
  }

  /** Frees the place of a session that is gone; called under the lock. */
  void vacate(PooledSession session) {
    session.moveTo(Stage.CLOSED);
    desk.store().remove(session);
    placeFreed.run();
    if (desk.ledger().closing() == 0) {
      allClosed.signalAll();
    }
  }

  /** Waits for one close; called without the lock. */
  void await(SessionKey key, CountDownLatch close) {
    try {
      if (!close.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        desk.events().closingSlowly(key);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for all closes, until {@code deadline} by the nano clock; called under the lock. */
  void awaitAll(long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    while (desk.ledger().closing() > 0 && left > 0) {
      left = allClosed.awaitNanos(left);
    }
  }

  private void close(PooledSession session, String reason, CountDownLatch done) {
    Throwable failure = null;
    try {
      session.physical().close();
    } catch (Throwable e) {
      failure = e;
    }
    try {
      desk.events().closed(session.key(), reason, failure);
    } finally {
      book(session, failure != null);
      done.countDown();
    }
  }

  private void book(PooledSession session, boolean failed) {
    desk.lock().lock();
    try {
      desk.ledger().closed(failed);
      vacate(session);
    } finally {
      desk.lock().unlock();
    }
  }
}
