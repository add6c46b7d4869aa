package io.percred.spi;

import java.sql.SQLException;
import java.util.List;

/**
 * percred's hold on an open connection, for a decorator that hands it out and takes it back. Used
 * by whichever thread has the connection.
 */
public interface HeldConnection {
  /**
   * From now until {@link #release()} every statement is that of who is calling on this thread now,
   * on whatever thread it runs. Costs no network turn if percred opened the connection.
   *
   * @throws SQLException if nobody is calling and that matters, or whoever is cannot be bound;
   *     nothing was sent, or the connection is closed
   */
  void pin() throws SQLException;

  /**
   * Rolls back what is open, ends {@link #pin()}, and clears what the caller left behind in the
   * session. Costs no network turn if no caller has used the session since it was last cleared.
   *
   * @throws SQLException if the session could not be cleared; the connection is closed then
   */
  void release() throws SQLException;

  /** The last things percred did on this connection, oldest first; a bounded number of them. */
  default List<HistoryEntry> history() {
    return List.of();
  }
}
