package io.percred.postgres;

import io.percred.postgres.wire.FilterHold;
import io.percred.spi.HeldConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A connection of pgjdbc's that percred's filter is in, found through whatever pool wraps it.
 *
 * @param connection pgjdbc's own
 * @param hold percred's hold on its filter
 */
record HeldPgConnection(Connection connection, FilterHold hold) implements HeldConnection {
  /** The hold on a connection, or null if it is not pgjdbc's or percred's filter is not in it. */
  static @Nullable HeldConnection of(Connection connection) throws SQLException {
    if (!connection.isWrapperFor(PGConnection.class)) {
      return null;
    }
    PGConnection driver = connection.unwrap(PGConnection.class);
    FilterHold hold = FilterHold.find(driver.getParameterStatus(FilterHold.PARAMETER));
    if (hold == null) {
      return null;
    }
    return new HeldPgConnection(driver instanceof Connection own ? own : connection, hold);
  }

  @Override
  public void pin() {
    hold.pin();
  }

  @Override
  public void release() throws SQLException {
    hold.unpin();
    if (hold.clearAtNextMessage()) {
      sendNothing();
    }
  }

  /** An empty statement, without a BEGIN of pgjdbc's in front of it. */
  private void sendNothing() throws SQLException {
    boolean autocommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute("");
    } finally {
      if (!connection.isClosed()) {
        connection.setAutoCommit(autocommit);
      }
    }
  }
}
