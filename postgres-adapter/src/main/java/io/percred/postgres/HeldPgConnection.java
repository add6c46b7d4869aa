package io.percred.postgres;

import io.percred.postgres.wire.FilterHold;
import io.percred.spi.HeldConnection;
import io.percred.spi.HistoryEntry;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * A connection of pgjdbc's that percred's filter is in, found through whatever pool wraps it.
 *
 * @param connection pgjdbc's own
 * @param hold percred's hold on its filter
 */
record HeldPgConnection(BaseConnection connection, FilterHold hold) implements HeldConnection {
  /** The hold on a connection, or null if it is not pgjdbc's or percred's filter is not in it. */
  static @Nullable HeldConnection of(Connection pooled) throws SQLException {
    BaseConnection connection = PgConnections.behind(pooled);
    FilterHold hold =
        connection == null
            ? null
            : FilterHold.find(connection.getParameterStatus(FilterHold.PARAMETER));
    return connection == null || hold == null ? null : new HeldPgConnection(connection, hold);
  }

  @Override
  public void pin() throws SQLException {
    PgConnections.forgetAsides(connection);
    hold.pin();
  }

  @Override
  public List<HistoryEntry> history() {
    return hold.history();
  }

  @Override
  public void release() throws SQLException {
    hold.unpin();
    if (connection.isClosed()) {
      return;
    }
    PgConnections.orAbort(
        connection,
        () -> {
          requireRead();
          PgConnections.rollBack(connection);
          if (hold.clearAtNextMessage()) {
            PgConnections.inAutocommit(connection, this::sendNothing);
          }
          PgConnections.forgetAsides(connection);
        });
  }

  /** What the driver has not read yet would be the answer to whatever is sent next. */
  private void requireRead() throws SQLException {
    if (!hold.isRead()) {
      throw PercredError.of(
              PostgresError.POSITION_LOST,
              "a caller's answers were unread when the connection was given back")
          .toSqlException();
    }
  }

  private void sendNothing() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("");
    }
  }
}
