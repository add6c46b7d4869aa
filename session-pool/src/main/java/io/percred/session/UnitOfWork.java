package io.percred.session;

import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  /** The server is told these when a transaction begins. */
  private static final Set<JdbcProperty> OF_WHOLE_TRANSACTION =
      EnumSet.of(JdbcProperty.READ_ONLY, JdbcProperty.TRANSACTION_ISOLATION);

  /** What SQL changes too; to set the others again might end what a longer text has begun. */
  private static final Set<JdbcProperty> WHERE =
      EnumSet.of(JdbcProperty.CATALOG, JdbcProperty.SCHEMA);

  private static final SqlTraits COMMIT = new SqlTraits(SqlEffect.ENDS_TRANSACTION, false, false);

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
        new SessionHold(
            pool, vendor, context, new CallerCheck(context, target, vendor, shape), contents);
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
        boolean heldNothing =
            contents.isReplaceable() && !(use.sql().asks() && hold.memory().isKept());
        boolean repeatable = true;
        boolean started = false;
        try {
          if (!contents.inTransaction()) {
            held.jdbcState().align(held.connection(), wanted, vendor);
          }
          if (use.executes()) {
            remember(held, use);
            begin(use.sql().effect());
          }
          repeatable = use.repeatable();
          started = use.executes();
          Object result = work.on(held);
          if (use.sql().effect() == SqlEffect.ENDS_TRANSACTION) {
            contents.transactionEnded();
          }
          return result;
        } catch (SQLException e) {
          boolean gone = vendor.isSessionGone(e);
          if (!gone && held.jdbcState().isAutoCommitKnown()) {
            throw e;
          }
          hold.discard(gone ? SessionPool.GONE : SessionContents.UNCLEAN);
          if (started && mayHaveRun(e, use.sql())) {
            throw SessionHold.unknown(held.key(), "the statement ran", e);
          }
          if (again || !heldNothing || !repeatable) {
            throw gone
                ? SessionHold.ended(held.key(), e)
                : SessionHold.lost(held.key(), "it did not switch auto-commit", e);
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
          if (contents.isInDriversTransaction(held.connection(), vendor)) {
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

  /**
   * Whether the handle can serve whoever is calling: asks the session in use. One that does not
   * answer is given up, unless somebody has yet to hear of what was in it.
   */
  boolean isUsable(int seconds) throws SQLException {
    lock.lock();
    try {
      SessionLease held = hold.inUse();
      if (!contents.inTransaction() && hold.isOver()) {
        return false;
      }
      if (held == null) {
        return true;
      }
      boolean alive = held.connection().isValid(seconds);
      if (!alive && contents.isReplaceable()) {
        hold.discard(SessionPool.GONE);
      }
      return alive;
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  /** Whether there is anybody whose session could be taken. */
  boolean hasCaller() {
    return context.resolver().hasCaller();
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

  /** As {@link #jdbcProperty}, else what a handle without a session would say. */
  private @Nullable Object known(JdbcProperty property) {
    Object value = jdbcProperty(property);
    return value == null ? vendor.presumed(property) : value;
  }

  /**
   * Remembers a property for every session that will be taken, or forgets it; sends nothing, but
   * for auto-commit that is switched on within a transaction: that commits.
   */
  void setJdbcProperty(JdbcProperty property, @Nullable Object value) throws SQLException {
    lock.lock();
    try {
      requireOpen("connection");
      if (OF_WHOLE_TRANSACTION.contains(property)
          && contents.inTransaction()
          && !Objects.equals(value, known(property))) {
        throw PercredError.of(SessionError.IN_TRANSACTION, property).toSqlException();
      }
      boolean commits =
          property == JdbcProperty.AUTO_COMMIT
              && Boolean.TRUE.equals(value)
              && contents.inTransaction()
              && !autoCommits();
      if (commits) {
        // By itself: if it fails, auto-commit stays off, and the error is that of a commit.
        endTransaction(true);
      }
      if (value == null) {
        wanted.remove(property);
      } else {
        wanted.put(property, value);
      }
      SessionLease held = hold.last();
      if (held != null && WHERE.contains(property) && contents.mayHaveChangedProperties()) {
        held.jdbcState().tellAgain(property);
      }
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  /** Registers what must be closed before the session serves somebody else. */
  void opened(SessionPart part) {
    lock.lock();
    try {
      contents.add(part);
    } finally {
      lock.unlock();
    }
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
        endTransaction(held, commit);
      }
    } finally {
      hold.rest();
      lock.unlock();
    }
  }

  private void endTransaction(SessionLease held, boolean commit) throws SQLException {
    try {
      if (commit) {
        held.connection().commit();
      } else {
        held.connection().rollback();
      }
    } catch (SQLException e) {
      if (!vendor.isSessionGone(e)) {
        throw e;
      }
      hold.discard(SessionPool.GONE);
      if (commit) {
        throw mayHaveRun(e, COMMIT)
            ? SessionHold.unknown(held.key(), "the transaction was committed", e)
            : SessionHold.ended(held.key(), e);
      }
      return;
    }
    contents.transactionEndedByMethod();
  }

  /**
   * What to throw if reading failed: the error itself, unless it says that the session is gone.
   *
   * @param from the session that was read from
   */
  SQLException notRead(SessionLease from, SQLException error) {
    lock.lock();
    try {
      if (from != hold.last() || !vendor.isSessionGone(error)) {
        return error;
      }
      hold.discard(SessionPool.GONE);
      return SessionHold.ended(from.key(), error);
    } finally {
      lock.unlock();
    }
  }

  /** What to throw if the session was lost before all results of a text could be fetched. */
  SQLException resultsLost(SessionLease from) {
    hold.discard(SessionPool.GONE);
    return SessionHold.unknown(from.key(), "the rest of the text ran", null);
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
  void clearWarnings() throws SQLException {
    lock.lock();
    try {
      SessionLease held = hold.inUse();
      if (contents.isIdle()) {
        hold.end();
      } else if (held != null) {
        held.connection().clearWarnings();
      }
    } catch (SQLException e) {
      if (!vendor.isSessionGone(e)) {
        throw e;
      }
      // Whoever uses next what was in it hears of that.
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

  private boolean mayHaveRun(SQLException gone, SqlTraits sql) {
    return vendor.mayHaveRun(gone, sql.effect()) || (!sql.reads() && vendor.mayHaveWritten(gone));
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

  private void remember(SessionLease held, SessionUse use) throws SQLException {
    SessionMemory memory = hold.memory();
    if (use.sql().asks()) {
      memory.requireKept(held);
    } else if (memory.mustBegin(held) && vendor.forget(held.connection())) {
      held.forgotten();
    }
    if (use.sql().isRemembered(vendor)) {
      memory.remembers(held);
    }
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
