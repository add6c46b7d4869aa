package io.percred.session;

import java.sql.Connection;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One borrow of a session. Between transactions, with no statement open and nothing changed, the
 * borrower {@linkplain #park parks} it: an outer pool may keep a handle for hours without a word,
 * and until then nobody needs the session. A parked session stays where it is unless the pool is
 * out of places; the borrower learns of that from {@link #resume}. One that {@linkplain #remembers
 * remembers} is taken last, and only after a rest.
 *
 * <p>Thread-safe; a borrower that resumes and a pool that reclaims meet in one compare-and-set.
 */
final class SessionLease {
  private enum Use {
    BUSY,
    PARKED,
    ENDED
  }

  private final SessionPool pool;
  private final PooledSession session;
  private final AtomicReference<Use> use = new AtomicReference<>(Use.BUSY);
  private volatile boolean remembers;
  private boolean remembersOthers;

  SessionLease(SessionPool pool, PooledSession session) {
    this.pool = pool;
    this.session = session;
    this.remembersOthers = session.isRemembering();
  }

  /** The session remembers a statement of this borrower's from now on. */
  void remember() {
    remembers = true;
    session.remember();
  }

  /** Whether taking the session away costs the borrower something that it may ask for. */
  boolean remembers() {
    return remembers;
  }

  /** Whether the session may answer with what statements of earlier borrowers left. */
  boolean remembersOthers() {
    return remembersOthers;
  }

  /** The session was made to forget what it remembered when it was borrowed. */
  void forgotten() {
    remembersOthers = false;
  }

  SessionKey key() {
    return session.key();
  }

  Connection connection() {
    return session.physical().connection();
  }

  SessionJdbcState jdbcState() {
    return session.jdbcState;
  }

  /** Why the session must not serve another transaction, or null if it may. */
  @Nullable String endReason(Instant now) {
    return session.endReason(now);
  }

  /** Takes the session up again; false if the pool has reclaimed it. */
  boolean resume() {
    return use.compareAndSet(Use.PARKED, Use.BUSY) || use.get() == Use.BUSY;
  }

  /** Lets the pool have the session if it needs it. */
  void park(Instant now) {
    session.used(now);
    if (use.compareAndSet(Use.BUSY, Use.PARKED)) {
      pool.parked(this);
    }
  }

  /** Gives the session back. */
  void release() {
    pool.release(this, null);
  }

  /** Gives the session back to be closed. Returns when it is, or at the close deadline. */
  void discard(String reason) {
    pool.release(this, reason);
  }

  boolean isParked() {
    return use.get() == Use.PARKED;
  }

  /** The pool takes a parked session back. */
  boolean reclaim() {
    return use.compareAndSet(Use.PARKED, Use.ENDED);
  }

  /** The borrower gives the session back; false if it is not the borrower's any more. */
  boolean end() {
    return use.getAndSet(Use.ENDED) != Use.ENDED;
  }

  PooledSession session() {
    return session;
  }
}
