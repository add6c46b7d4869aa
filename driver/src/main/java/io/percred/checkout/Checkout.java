package io.percred.checkout;

import io.percred.caller.CallerStack;
import io.percred.caller.OpenCaller;
import io.percred.resolution.ActiveCall;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a pool from the moment somebody takes it until they give it back. Used by
 * whichever thread has the connection; ended by any.
 */
public final class Checkout {
  private static final Logger LOG = LoggerFactory.getLogger(Checkout.class);

  private final Connection pooled;
  private final HeldConnection held;
  private final @Nullable OpenCaller caller = CallerStack.innermost();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean givenBack = new AtomicBoolean();

  private Checkout(Connection pooled, HeldConnection held) {
    this.pooled = pooled;
    this.held = held;
  }

  /** Where connections come from. */
  @FunctionalInterface
  public interface Source {
    /** Takes one. */
    @Nullable Connection take() throws SQLException;
  }

  /** How percred gets hold of one. */
  @FunctionalInterface
  public interface Hold {
    /** The hold on a connection of the pool. */
    HeldConnection on(Connection pooled) throws SQLException;
  }

  /**
   * Takes a connection and pins it to the caller. If that fails the pool has it back.
   *
   * @throws SQLException what source, hold or pinning throw; with PERCRED-105 if called from inside
   *     a supplier or verifier
   */
  public static Connection of(Source source, Hold hold) throws SQLException {
    PercredError reentrance = ActiveCall.reentrance();
    if (reentrance != null) {
      throw reentrance.toSqlException();
    }
    Connection pooled = source.take();
    if (pooled == null) {
      throw new SQLException("The pool handed out no connection", "08001");
    }
    try {
      HeldConnection held = hold.on(pooled);
      held.pin();
      return DecoratedConnection.of(pooled, new Checkout(pooled, held));
    } catch (SQLException | RuntimeException e) {
      try {
        letPoolNotice(pooled);
        pooled.close();
      } catch (SQLException | RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /**
   * Enters a call through the connection: on a thread on which another caller's context is open it
   * is that of whoever took the connection all the same.
   *
   * @return what has to be ended behind the call, or null
   */
  @Nullable OpenCaller enter() {
    OpenCaller owner = caller;
    OpenCaller calling = owner == null ? null : CallerStack.innermost();
    return owner == null || calling == null || calling.key().equals(owner.key())
        ? null
        : CallerStack.push(owner.caller(), owner.isService());
  }

  /** Whether the application has closed or aborted the connection. */
  boolean isEnded() {
    return ended.get();
  }

  /**
   * Clears the session and gives the connection back; does nothing the second time. A session that
   * cannot be cleared is closed, and the caller does not hear of it: what they committed is
   * committed, and the rest is rolled back.
   *
   * @throws SQLException what the pool throws
   */
  void giveBack() throws SQLException {
    boolean aborted = ended.getAndSet(true);
    if (givenBack.getAndSet(true)) {
      return;
    }
    if (aborted) {
      letPoolNotice(pooled);
    } else if (!pooled.isClosed()) {
      // Else the pool has it back already, and it may be another caller's by now.
      release();
    }
    pooled.close();
  }

  /** Marks the connection as unusable; it still has to be given back. */
  void abort() {
    ended.set(true);
  }

  private void release() {
    try {
      held.release();
    } catch (SQLException | RuntimeException e) {
      LOG.warn(
          "A connection was closed instead of going back to its pool, because it could not be"
              + " cleared: {}",
          e.getMessage());
      LOG.debug("The failure to clear it", e);
      letPoolNotice(pooled);
    }
  }

  /**
   * If the physical connection is closed, has the pool see that: HikariCP evicts when a call
   * through its own connection fails, Agroal when that is aborted, others look for themselves.
   */
  private static void letPoolNotice(Connection pooled) {
    try (Statement statement = pooled.createStatement()) {
      LOG.trace("The connection is open: {}", statement);
    } catch (SQLException | RuntimeException closed) {
      try {
        pooled.abort(Runnable::run);
      } catch (SQLException | RuntimeException e) {
        LOG.debug("The pool does not take part in discarding its connection", e);
      }
    }
  }
}
