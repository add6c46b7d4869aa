package io.percred.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a unit of work has in its session: an open transaction, open statements and rows, changes
 * that nobody can undo. It decides whether the session may serve somebody else. Guarded by the lock
 * of the unit.
 */
final class SessionContents {
  /** The reason for closing a session of which nobody knows what is in it. */
  static final String UNCLEAN = "unclean";

  private final Set<SessionPart> parts = new LinkedHashSet<>();
  private boolean transactionOpen;
  private boolean begunBySql;
  private boolean changed;
  private boolean unwrapped;

  boolean inTransaction() {
    return transactionOpen;
  }

  /** Whether the caller's SQL changed what the session is. */
  boolean isChanged() {
    return changed;
  }

  /** Whether the session may have other JDBC properties than it was told by their setters. */
  boolean mayHaveChangedProperties() {
    return changed || unwrapped;
  }

  /** Whether another session would do as well for what the caller does next. */
  boolean isReplaceable() {
    return !transactionOpen && !changed && !unwrapped;
  }

  /** Whether nothing is open: no transaction, no statement, no rows. */
  boolean isIdle() {
    parts.removeIf(SessionPart::isDone);
    return !transactionOpen && parts.isEmpty();
  }

  /** Whether the driver has begun a transaction that no statement of the caller's began. */
  boolean isInDriversTransaction(Connection connection, SessionVendor vendor) {
    try {
      return !transactionOpen && vendor.isInTransaction(connection);
    } catch (SQLException e) {
      // A rollback fails then, too, and the session is closed.
      return true;
    }
  }

  void add(SessionPart part) {
    parts.add(part);
  }

  void unwrapped() {
    unwrapped = true;
  }

  /** A statement is about to be executed. */
  void executing(SqlEffect effect, boolean autoCommit) {
    changed |= effect == SqlEffect.CHANGES_SESSION;
    if (effect == SqlEffect.BEGINS_TRANSACTION) {
      transactionOpen = true;
      begunBySql = true;
    } else if (!autoCommit) {
      transactionOpen = true;
    }
  }

  /** The transaction was ended in SQL, or because autocommit was switched on. */
  void transactionEnded() {
    transactionOpen = false;
    begunBySql = false;
  }

  /** The transaction was ended by a method of the connection. */
  void transactionEndedByMethod() {
    // Whether the vendor's commit() ends what a BEGIN in SQL began is the vendor's affair.
    changed |= begunBySql;
    transactionEnded();
  }

  /** The session is gone, and everything in it. */
  void lost() {
    parts.forEach(SessionPart::leaveSession);
    clear();
  }

  /**
   * Takes everything out of the session.
   *
   * @return why the session must be closed, or null if it may serve another unit of work
   */
  @Nullable String takeOut(Connection connection, boolean restorable, SessionVendor vendor) {
    String reason = null;
    for (SessionPart part : parts) {
      if (!part.leaveSession()) {
        reason = UNCLEAN;
      }
    }
    if (unwrapped) {
      reason = "unwrapped";
    } else if (changed || !restorable) {
      reason = "changed";
    } else if ((transactionOpen || isInDriversTransaction(connection, vendor))
        && !rolledBack(connection)) {
      reason = "open-transaction";
    }
    if (reason == null && !clearedWarnings(connection)) {
      reason = UNCLEAN;
    }
    clear();
    return reason;
  }

  /** The next handle must not be shown them. */
  private static boolean clearedWarnings(Connection connection) {
    try {
      connection.clearWarnings();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private boolean rolledBack(Connection connection) {
    if (begunBySql) {
      return false;
    }
    try {
      connection.rollback();
      return true;
    } catch (SQLException e) {
      // The session is closed instead, which rolls back for certain.
      return false;
    }
  }

  /** There is no session any more. */
  void clear() {
    parts.clear();
    changed = false;
    unwrapped = false;
    transactionEnded();
  }
}
