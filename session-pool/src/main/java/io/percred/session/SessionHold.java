package io.percred.session;

import io.percred.session.SessionProperty.OnChange;
import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import org.jspecify.annotations.Nullable;

/**
 * The session that a handle holds: whose it is, when it is taken, given back, and left at rest for
 * whoever needs its place.
 *
 * <p>It is given back when at a transaction boundary another caller appears or its time has come.
 * While a transaction is open it stays, and other callers are refused. Guarded by the lock of the
 * unit, but for {@link #last}.
 */
final class SessionHold {
  private final SessionPool pool;
  private final SessionVendor vendor;
  private final AdapterContext context;
  private final CallerCheck caller;
  private final SessionContents contents;
  private final SessionMemory memory = new SessionMemory();
  private final boolean keepOnChange;
  private volatile @Nullable SessionLease lease;
  private @Nullable Object callerKey;

  SessionHold(
      SessionPool pool,
      SessionVendor vendor,
      AdapterContext context,
      CallerCheck caller,
      SessionContents contents) {
    this.pool = pool;
    this.vendor = vendor;
    this.context = context;
    this.caller = caller;
    this.contents = contents;
    this.keepOnChange =
        context.settings().choice(SessionProperty.ON_CHANGE, OnChange.class) == OnChange.KEEP;
  }

  /** The session that was in use last, maybe at rest; null if none was. Waits for nothing. */
  @Nullable SessionLease last() {
    return lease;
  }

  /** Whether no credential that this handle can have opens a session any more. */
  boolean isOver() {
    return caller.isOver();
  }

  /** What sessions remember for the handle. */
  SessionMemory memory() {
    return memory;
  }

  /**
   * The session in use, or null; takes none. It does not rest any more: whoever calls this lets it
   * {@link #rest} afterwards.
   */
  @Nullable SessionLease inUse() {
    SessionLease held = lease;
    if (held != null && !held.resume()) {
      leave(held);
      return null;
    }
    return held;
  }

  /**
   * The caller's session: the one in use, or one from the pool.
   *
   * @throws SQLException if the caller is refused or there is no session
   */
  SessionLease take(SessionUse use) throws SQLException {
    if (context.resolver().isAnothersCall()) {
      throw PercredError.of(SessionError.PINNED_TO_ANOTHER).toSqlException();
    }
    Object key = context.resolver().callerKey();
    boolean sameCaller = key.equals(callerKey);
    SessionLease held = inUse();
    if (held != null && contents.inTransaction()) {
      if (!sameCaller && !keepOnChange && !caller.resolve(key).key().equals(held.key())) {
        throw PercredError.of(SessionError.CALLER_CHANGED, held.key().principal()).toSqlException();
      }
      caller.requireOwner(use.owner(), held.key());
      return held;
    }
    boolean usable = held != null && held.endReason(context.clock().instant()) == null;
    if (held != null && usable && sameCaller && !use.executes()) {
      caller.requireOwner(use.owner(), held.key());
      return held;
    }
    CallerCheck.Resolved resolved =
        use.executes() ? caller.resolveToExecute(key) : caller.resolve(key);
    caller.requireOwner(use.owner(), resolved.key());
    if (held != null && (!usable || !held.key().equals(resolved.key()))) {
      replaceable(held, resolved.key());
      held = null;
    }
    if (held == null) {
      if (use.sql().asks()) {
        memory.tellLoss(resolved.key());
      }
      held = borrow(resolved, use);
      caller.accepted();
      lease = held;
    }
    callerKey = key;
    return held;
  }

  /** A denied credential is not tried again; one that its supplier has renewed is, once. */
  private SessionLease borrow(CallerCheck.Resolved resolved, SessionUse use) throws SQLException {
    try {
      return pool.borrow(resolved.key(), resolved.credential());
    } catch (SQLInvalidAuthorizationSpecException denied) {
      try {
        CallerCheck.Resolved renewed = caller.renew(resolved);
        if (renewed != null) {
          caller.requireOwner(use.owner(), renewed.key());
          return pool.borrow(renewed.key(), renewed.credential());
        }
      } catch (SQLException e) {
        e.addSuppressed(denied);
        throw e;
      }
      throw caller.denied(denied);
    }
  }

  /** Gives back a session that another one will replace; its own caller must hear of a loss. */
  private void replaceable(SessionLease held, SessionKey next) throws SQLException {
    String reason = held.endReason(context.clock().instant());
    boolean loses = contents.isChanged() && held.key().equals(next);
    giveBack(reason);
    if (loses) {
      throw lost(next, String.valueOf(reason), null);
    }
  }

  /** The request is over: its caller is verified anew in the next one. */
  void end() {
    caller.forget();
    giveBack(null);
    memory.unitIsOver();
  }

  /**
   * Parks the session if nothing is open or changed in it. What it remembers of the handle's
   * statements is lost if it is taken away then, and {@link SessionMemory} tells so.
   */
  void rest() {
    SessionLease held = lease;
    if (held != null
        && contents.isReplaceable()
        && contents.isIdle()
        && !contents.isInDriversTransaction(held.connection(), vendor)
        && held.jdbcState().isRestorable()) {
      held.park(context.clock().instant());
    }
  }

  /** The session is of no more use, and what was in it is lost. */
  void discard(String reason) {
    SessionLease held = lease;
    contents.lost();
    if (held != null) {
      leave(held);
      held.discard(reason);
    }
  }

  /**
   * Takes out of the session what is in it, and gives it back.
   *
   * @param endReason why it should end; null if it may serve its caller again
   */
  void giveBack(@Nullable String endReason) {
    SessionLease held = inUse();
    if (held == null) {
      return;
    }
    String unfit = contents.takeOut(held.connection(), held.jdbcState().isRestorable(), vendor);
    String reason = unfit == null ? endReason : unfit;
    leave(held);
    if (reason == null) {
      held.release();
    } else {
      held.discard(reason);
    }
  }

  private void leave(SessionLease held) {
    lease = null;
    callerKey = null;
    contents.clear();
    memory.left(held.key());
  }

  /** Whether an error says that what a session held is gone. */
  static boolean isLost(SQLException error) {
    String code = PercredError.stableCodeOf(error);
    return SessionError.SESSION_LOST.stableCode().equals(code)
        || SessionError.OUTCOME_UNKNOWN.stableCode().equals(code);
  }

  /** The connection broke before an answer came. */
  static SQLException unknown(SessionKey key, String what, @Nullable SQLException cause) {
    return because(PercredError.of(SessionError.OUTCOME_UNKNOWN, key.principal(), what), cause);
  }

  /** What the session held is gone, and nothing of it happened. */
  static SQLException ended(SessionKey key, SQLException cause) {
    return lost(key, "the database or the network has ended it", cause);
  }

  static SQLException lost(SessionKey key, String reason, @Nullable SQLException cause) {
    return because(PercredError.of(SessionError.SESSION_LOST, key.principal(), reason), cause);
  }

  private static SQLException because(PercredError error, @Nullable SQLException cause) {
    return (cause == null ? error : error.causedBy(cause)).toSqlException();
  }
}
