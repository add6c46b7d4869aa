package io.percred.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** What percred does with pgjdbc's own connections while no statement of the application's runs. */
final class PgConnections {
  private PgConnections() {}

  /** pgjdbc's own connection behind whatever wraps it, or null if it is not pgjdbc's. */
  static @Nullable BaseConnection behind(Connection connection) throws SQLException {
    return connection.isWrapperFor(BaseConnection.class)
        ? connection.unwrap(BaseConnection.class)
        : null;
  }

  /** Rolls back what is open, begun in whichever way. */
  static void rollBack(BaseConnection connection) throws SQLException {
    if (connection.getTransactionState() == TransactionState.IDLE) {
      return;
    }
    if (connection.getAutoCommit()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("ROLLBACK");
      }
    } else {
      connection.rollback();
    }
  }

  /**
   * Has pgjdbc forget what it keeps with the connection beside answers: notifications that nobody
   * asked for, and warnings. Reads and sends nothing.
   */
  static void forgetAsides(BaseConnection connection) throws SQLException {
    connection.getQueryExecutor().getNotifications();
    connection.clearWarnings();
  }

  /** Does something in a transaction of its own, without a BEGIN of pgjdbc's; none is open. */
  static void inAutocommit(BaseConnection connection, Work work) throws SQLException {
    boolean autocommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try {
      work.run();
    } finally {
      // A closed connection would refuse it, and hide why it was closed.
      if (!connection.isClosed()) {
        connection.setAutoCommit(autocommit);
      }
    }
  }

  /**
   * Does something after which the connection must be clean, and closes it if that fails.
   *
   * @throws SQLException what the work throws; the connection is closed then
   */
  static void orAbort(BaseConnection connection, Work work) throws SQLException {
    try {
      work.run();
    } catch (SQLException | RuntimeException e) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException aborting) {
        e.addSuppressed(aborting);
      }
      throw e;
    }
  }

  /** What JDBC does. */
  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }
}
