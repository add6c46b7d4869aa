package io.percred.conformance;

import java.sql.Connection;
import org.postgresql.ds.common.BaseDataSource;

/** A DataSource that hands out one connection, as it is, again and again. */
final class OneConnection extends BaseDataSource implements javax.sql.DataSource {
  private static final long serialVersionUID = 1L;
  private final transient Connection connection;

  OneConnection(Connection connection) {
    this.connection = connection;
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getDescription() {
    return "one connection";
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.cast(this);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
