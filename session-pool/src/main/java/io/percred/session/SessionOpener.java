package io.percred.session;

import io.percred.session.PooledSession.Stage;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Logs in, on threads of the pool and under the borrower's deadline. A login that outlives it keeps
 * its place until it ends, and what it opened is closed. Thread-safe by the desk's lock; logins run
 * without it.
 */
final class SessionOpener {
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(1);

  /** How much a new login weighs against the earlier ones: a quarter. */
  private static final int WEIGHT = 4;

  private final SessionDesk desk;
  private final SessionVendor vendor;
  private final SessionBounds bounds;
  private final Clock clock;
  private final SessionCloser closer;
  private long usualLogin;

  SessionOpener(
      SessionDesk desk,
      SessionVendor vendor,
      SessionBounds bounds,
      Clock clock,
      SessionCloser closer) {
    this.desk = desk;
    this.vendor = vendor;
    this.bounds = bounds;
    this.clock = clock;
    this.closer = closer;
  }

  /**
   * How long waiting for a session of one's own is cheaper than another login, in nanoseconds: as
   * long as two logins took of late, as the caller whose session makes room has to log in again.
   * Called under the lock.
   */
  long patience() {
    return Math.max(SHORTEST_PATIENCE.toNanos(), 2 * usualLogin);
  }

  /**
   * Opens a session whose place is taken.
   *
   * @param deadline by {@link System#nanoTime}
   * @throws SQLException if the login fails or does not end in time
   * @throws InterruptedException if the thread is interrupted; the login goes on
   */
  void open(PooledSession session, @Nullable Credential credential, long deadline)
      throws SQLException, InterruptedException {
    SessionKey key = session.key();
    CompletableFuture<Void> login = new CompletableFuture<>();
    desk.workers().run(() -> logIn(session, credential, login));
    try {
      login.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw failure(key, e.getCause());
    } catch (TimeoutException e) {
      if (abandon(session)) {
        throw PercredError.of(SessionError.OPEN_TIMED_OUT, key.principal(), bounds.shownTimeout())
            .toSqlException();
      }
    }
  }

  /** Gives up waiting for a login; false if it has just succeeded. */
  boolean abandon(PooledSession session) {
    desk.lock().lock();
    try {
      session.abandon();
      return session.stage() != Stage.BORROWED;
    } finally {
      desk.lock().unlock();
    }
  }

  private void logIn(
      PooledSession session, @Nullable Credential credential, CompletableFuture<Void> login) {
    long begin = System.nanoTime();
    PhysicalSession physical;
    try {
      physical = vendor.open(session.key(), credential);
    } catch (Throwable e) {
      bookFailure(session);
      login.completeExceptionally(e);
      return;
    }
    boolean late = book(session, physical, credential, System.nanoTime() - begin);
    try {
      desk.events().opened(session.key());
    } finally {
      if (late) {
        closer.closeNow(session, "late");
      } else {
        login.complete(null);
      }
    }
  }

  private void bookFailure(PooledSession session) {
    desk.lock().lock();
    try {
      desk.ledger().openFailed();
      closer.vacate(session);
    } finally {
      desk.lock().unlock();
    }
  }

  /** Books the end of a login; true if nobody waits for the session any more. */
  private boolean book(
      PooledSession session,
      PhysicalSession physical,
      @Nullable Credential credential,
      long taken) {
    desk.lock().lock();
    try {
      usualLogin = usualLogin == 0 ? taken : usualLogin + (taken - usualLogin) / WEIGHT;
      desk.ledger().opened();
      session.opened(physical, credential, clock.instant(), bounds);
      if (!session.isAbandoned()) {
        return false;
      }
      desk.ledger().arrivedLate();
      desk.ledger().closingStarted();
      session.moveTo(Stage.CLOSING);
      return true;
    } finally {
      desk.lock().unlock();
    }
  }

  /** The failure was made on a thread of the pool, which does not tell whose statement it hit. */
  private static SQLException leadingHere(SQLException failure) {
    failure.setStackTrace(
        Stream.of(failure.getStackTrace(), new Throwable().getStackTrace())
            .flatMap(Stream::of)
            .toArray(StackTraceElement[]::new));
    return failure;
  }

  private static SQLException failure(SessionKey key, @Nullable Throwable cause) {
    if (cause instanceof SQLException known) {
      return leadingHere(known);
    }
    PercredError error =
        PercredError.of(
            SessionError.OPEN_FAILED,
            key.principal(),
            cause == null ? "no cause" : cause.getClass().getName());
    return (cause == null ? error : error.causedBy(cause)).toSqlException();
  }
}
