package io.percred.session;

import java.sql.Connection;
import java.sql.SQLException;

/** A session at the database, as the adapter opened it. Used by one borrower at a time. */
public interface PhysicalSession {
  /** The vendor's connection. */
  Connection connection();

  /**
   * Ends the session. Called once, on a thread of the pool.
   *
   * @throws SQLException if it cannot be known whether the session has ended; it counts as closed
   *     then, and as a failed close
   */
  void close() throws SQLException;

  /** The session behind a connection that ends with it. */
  static PhysicalSession of(Connection connection) {
    return new PhysicalSession() {
      @Override
      public Connection connection() {
        return connection;
      }

      @Override
      public void close() throws SQLException {
        connection.close();
      }
    };
  }
}
