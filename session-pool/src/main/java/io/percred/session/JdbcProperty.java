package io.percred.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What an application may set on a JDBC connection. A handle remembers it and every session that
 * the handle takes takes it over.
 */
public enum JdbcProperty {
  /** A {@code Boolean}. */
  READ_ONLY {
    @Override
    Object read(Connection connection) throws SQLException {
      return connection.isReadOnly();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setReadOnly((Boolean) value);
    }
  },
  /** An {@code Integer}. */
  TRANSACTION_ISOLATION {
    @Override
    Object read(Connection connection) throws SQLException {
      return connection.getTransactionIsolation();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setTransactionIsolation((Integer) value);
    }
  },
  /** An {@code Integer}. */
  HOLDABILITY {
    @Override
    Object read(Connection connection) throws SQLException {
      return connection.getHoldability();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setHoldability((Integer) value);
    }
  },
  /** A {@code String}. */
  CATALOG {
    @Override
    @Nullable Object read(Connection connection) throws SQLException {
      return connection.getCatalog();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setCatalog((String) value);
    }
  },
  /** A {@code String}. */
  SCHEMA {
    @Override
    @Nullable Object read(Connection connection) throws SQLException {
      return connection.getSchema();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setSchema((String) value);
    }
  },
  /** A {@code Map} from type name to class. */
  TYPE_MAP {
    @Override
    @Nullable Object read(Connection connection) throws SQLException {
      return connection.getTypeMap();
    }

    @Override
    @SuppressWarnings("unchecked") // put in by Connection.setTypeMap only
    void write(Connection connection, Object value) throws SQLException {
      connection.setTypeMap((Map<String, Class<?>>) value);
    }
  },
  /** A {@link NetworkTimeout}. */
  NETWORK_TIMEOUT {
    @Override
    Object read(Connection connection) throws SQLException {
      return new NetworkTimeout(connection.getNetworkTimeout(), Runnable::run);
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      NetworkTimeout timeout = (NetworkTimeout) value;
      connection.setNetworkTimeout(timeout.executor(), timeout.milliseconds());
    }
  },
  /** {@code Properties}. */
  CLIENT_INFO {
    @Override
    Object read(Connection connection) throws SQLException {
      Properties copy = new Properties();
      // Some drivers hand out what they go on to change.
      copy.putAll(connection.getClientInfo());
      return copy;
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setClientInfo((Properties) value);
    }
  },
  /**
   * A {@code Boolean}. The last one: with it off, some databases begin a transaction for the rest.
   */
  AUTO_COMMIT {
    @Override
    Object read(Connection connection) throws SQLException {
      return connection.getAutoCommit();
    }

    @Override
    void write(Connection connection, Object value) throws SQLException {
      connection.setAutoCommit((Boolean) value);
    }
  };

  /**
   * The value of {@link #NETWORK_TIMEOUT}: as in {@link Connection#setNetworkTimeout}. Equal if the
   * milliseconds are.
   */
  public record NetworkTimeout(int milliseconds, Executor executor) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof NetworkTimeout that && milliseconds == that.milliseconds;
    }

    @Override
    public int hashCode() {
      return milliseconds;
    }
  }

  abstract @Nullable Object read(Connection connection) throws SQLException;

  abstract void write(Connection connection, Object value) throws SQLException;
}
