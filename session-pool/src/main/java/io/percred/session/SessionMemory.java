package io.percred.session;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What sessions remember for one handle from one statement to the next, though it can be seen
 * nowhere: the last generated key, the last query's id. While the session in use remembers
 * something it is the handle's; if it is taken away all the same, or ends, a statement that asks is
 * refused instead of being answered with what the next session remembers of somebody's else.
 * Guarded by the lock of the unit.
 */
final class SessionMemory {
  /** Whether the session in use remembers something of this handle's. */
  private boolean own;

  /** Whose memory went with an earlier session, until the caller has been told or began anew. */
  private @Nullable SessionKey lost;

  /** Whether that was before the unit of work was over. */
  private boolean withinUnit;

  boolean isKept() {
    return own;
  }

  /** The session in use is about to execute what it will remember. */
  void remembers(SessionLease held) {
    own = true;
    held.remember();
    if (!withinUnit || !held.remembersOthers()) {
      forgetLossOf(held.key());
    }
  }

  /** The session is not the handle's any more. */
  void left(SessionKey key) {
    if (own) {
      lost = key;
      withinUnit = true;
    }
    own = false;
  }

  /** Its caller has no more use for what a session remembered, as far as percred can tell. */
  void unitIsOver() {
    withinUnit = false;
  }

  /** Whether a session that may remember others' statements must forget them before it is used. */
  boolean mustBegin(SessionLease held) {
    return withinUnit && held.key().equals(lost) && !own && held.remembersOthers();
  }

  /**
   * Lets a statement ask only for what this handle's own statements left.
   *
   * @throws SQLException with PERCRED-307 if that is gone
   */
  void requireKept(SessionLease held) throws SQLException {
    tellLoss(held.key());
    if (!own && held.remembersOthers()) {
      throw SessionHold.lost(held.key(), "an earlier connection's unit of work was over", null);
    }
  }

  /**
   * Tells a caller once that what an earlier session remembered is gone.
   *
   * @throws SQLException with PERCRED-307 if it is
   */
  void tellLoss(SessionKey caller) throws SQLException {
    if (caller.equals(lost)) {
      forgetLossOf(caller);
      throw SessionHold.lost(caller, "it ended, or its place was needed", null);
    }
  }

  private void forgetLossOf(SessionKey key) {
    if (key.equals(lost)) {
      lost = null;
      withinUnit = false;
    }
  }
}
