package io.percred.session;

import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a handle does in one session after another, and what they have in common: the JDBC
 * properties. A session is taken when a statement is made or executed and none is held, and given
 * back at {@link #end} or as {@link SessionHold} tells.
 *
 * <p>Calls run one at a time under the lock; {@link #abort} and {@link #isClosed} do not wait for
 * it.
 */
final class UnitOfWork {
  /** What is done with a session. */
  interface Work {
    @Nullable Object on(SessionLease lease) throws Throwable;
  }

  /** How a transaction is ended. */
  private interface Ending {
    void of(SessionLease lease) throws SQLException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final SessionPool pool;
  private final SessionVendor vendor;
  private final AdapterContext context;
  private final Target target;
  private final SessionHold hold;
  private final Map<JdbcProperty, Object> wanted = new EnumMap<>(JdbcProperty.class);
  private final SessionContents contents = new SessionContents();
  private volatile boolean closed;

  UnitOfWork(
      SessionPool pool, SessionVendor vendor, AdapterContext context, Target target, Object shape) {
    this.pool = pool;
    this.vendor = vendor;
    this.context = context;
    this.target = target;
    this.hold =
        new SessionHold(pool, context, new CallerCheck(context, target, vendor, shape), contents);
    // JDBC's default, whatever the account's may be.
    wanted.put(JdbcProperty.AUTO_COMMIT, true);
  }

  SessionVendor vendor() {
    return vendor;
  }

  Target target() {
    return target;
  }

  SessionSnapshot snapshot() {
    return pool.snapshot();
  }

  /**
   * Does something with the caller's session. If the session turns out to be gone and held nothing,
   * it is replaced and the work is done once more.
   */
  @Nullable Object run(SessionUse use, Work work) throws Throwable {
    lock.lock();
    try {
      for (boolean again = false; ; again = true) {
        SessionLease held = take(use);
        boolean heldNothing = contents.isReplaceable();
        boolean repeatable = true;
        boolean started = false;
        try {
          if (!contents.inTransaction()) {
            held.jdbcState().align(held.connection(), wanted, vendor);
          }
          if (use.executes()) {
            begin(use.effect());
          }
          repeatable = use.repeatable();
          started = use.executes();
          Object result = work.on(held);
          if (use.effect() == SqlEffect.ENDS_TRANSACTION) {
            contents.transactionEnded();
          }
          return result;
        } catch (SQLException e) {
          boolean gone = vendor.isSessionGone(e);
          if (!gone && held.jdbcState().isAutoCommitKnown()) {
            throw e;
          }
          hold.discard(gone ? "gone" : "unclean");
          boolean unknown = started && vendor.mayHaveRun(e, use.effect());
          if (unknown || again || !heldNothing || !repeatable) {
            throw SessionHold.lost(
                held.key(),
                unknown
                    ? "its connection broke, and whether the statement ran is not known"
                    : gone ? "the database has closed it" : "it did not switch auto-commit",
                e);
          }
        }
      }
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  /**
   * Asks the session in use, if there is one; takes none, and leaves it at rest if it was.
   *
   * @return the answer; null without a session
   */
  @Nullable Object ask(Work question) throws Throwable {
    lock.lock();
    try {
      SessionLease held = hold.inUse();
      return held == null ? null : question.on(held);
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  /**
   * Asks the caller's session something of which drivers may make a query. The transaction that
   * this begins with auto-commit off is ended: nobody else would.
   */
  @Nullable Object answer(Work question) throws Throwable {
    return run(
        SessionUse.LOOKING,
        held -> {
          Object answer = question.on(held);
          if (!contents.inTransaction() && !autoCommits() && vendor.queriesToAnswer()) {
            held.connection().rollback();
          }
          return answer;
        });
  }

  /** Whose session was in use last, for people; null if none was. Waits for nothing. */
  @Nullable SessionKey lastKey() {
    SessionLease held = hold.last();
    return held == null ? null : held.key();
  }

  /** Whether a session is in use; takes none. */
  boolean hasSession() {
    lock.lock();
    try {
      return hold.inUse() != null;
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  boolean inTransaction() {
    return contents.inTransaction();
  }

  boolean isClosed() {
    return closed;
  }

  void requireOpen(String what) throws SQLException {
    if (closed) {
      throw closed(what);
    }
  }

  /** What was set on the handle, else what every new session has, else null. */
  @Nullable Object jdbcProperty(JdbcProperty property) {
    Object value = wanted.get(property);
    return value == null ? vendor.defaults().get(property) : value;
  }

  /**
   * Remembers a property for every session that will be taken, or forgets it; sends nothing, but
   * for auto-commit that is switched on within a transaction: that commits.
   */
  void setJdbcProperty(JdbcProperty property, @Nullable Object value) throws SQLException {
    lock.lock();
    try {
      requireOpen("connection");
      boolean commits =
          property == JdbcProperty.AUTO_COMMIT
              && Boolean.TRUE.equals(value)
              && contents.inTransaction()
              && !autoCommits();
      if (value == null) {
        wanted.remove(property);
      } else {
        wanted.put(property, value);
      }
      SessionLease held = commits ? hold.inUse() : null;
      if (held != null) {
        end(held, true, lease -> lease.jdbcState().autoCommit(lease.connection(), true));
      }
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  /** Registers what must be closed before the session serves somebody else. */
  void opened(SessionPart part) {
    contents.add(part);
  }

  /** The session was shown to the application bare: nobody else gets it. */
  void unwrapped() {
    contents.unwrapped();
  }

  /**
   * Commits or rolls back, if a transaction is open or may be. Callers are not compared: pools
   * clean up late.
   */
  void endTransaction(boolean commit) throws SQLException {
    lock.lock();
    try {
      requireOpen("connection");
      SessionLease held = hold.inUse();
      // A longer text or an unwrapped session may have begun one that nobody saw.
      if (held != null && !contents.isReplaceable()) {
        end(
            held,
            commit,
            lease -> {
              if (commit) {
                lease.connection().commit();
              } else {
                lease.connection().rollback();
              }
            });
      }
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  private void end(SessionLease held, boolean commits, Ending ending) throws SQLException {
    try {
      ending.of(held);
    } catch (SQLException e) {
      boolean gone = vendor.isSessionGone(e);
      if (!gone && held.jdbcState().isAutoCommitKnown()) {
        throw e;
      }
      hold.discard(gone ? "gone" : "unclean");
      if (commits) {
        throw SessionHold.lost(
            held.key(),
            gone
                ? "the database has closed it"
                : "it did not switch auto-commit, and whether its transaction was committed is not"
                    + " known",
            e);
      }
      return;
    }
    contents.transactionEndedByMethod();
  }

  /** The request is over: gives the session back, rolling back what is open. */
  void end() {
    lock.lock();
    try {
      hold.end();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #end}, unless something is open: then the request is not over. */
  void endIfIdle() {
    lock.lock();
    try {
      if (contents.isIdle()) {
        hold.end();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    closed = true;
    end();
  }

  /** Closes the handle and its session without waiting for a statement that runs. */
  void abort(Executor executor) {
    closed = true;
    SessionLease held = hold.last();
    if (held != null) {
      executor.execute(() -> held.discard("aborted"));
    }
  }

  /** Something was closed: parks the session if it was the last. */
  void restLater() {
    lock.lock();
    try {
      hold.rest();
    } finally {
      lock.unlock();
    }
  }

  private SessionLease take(SessionUse use) throws SQLException {
    requireOpen("connection");
    SessionLease held = hold.take(use);
    if (closed) {
      // By abort, which may have seen no session to close.
      hold.giveBack("aborted");
      throw closed("connection");
    }
    return held;
  }

  private void begin(SqlEffect effect) {
    if (!contents.inTransaction() && context.listener() != PercredListener.NONE) {
      SessionKey key = lastKey();
      context
          .listener()
          .onEvent(
              new PercredEvent.Bound(
                  target, key == null ? null : key.principal(), key == null ? null : key.digest()));
    }
    contents.executing(effect, autoCommits());
  }

  private boolean autoCommits() {
    return !Boolean.FALSE.equals(jdbcProperty(JdbcProperty.AUTO_COMMIT));
  }

  static SQLException closed(String what) {
    return PercredError.of(SessionError.HANDLE_CLOSED, what).toSqlException();
  }
}
