package io.percred;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;

/** What JDBC asks for and percred does not have. */
final class Unsupported {
  private Unsupported() {}

  static SQLFeatureNotSupportedException parentLogger() {
    SQLException exception = PercredError.of(DriverError.NO_PARENT_LOGGER).toSqlException();
    return (SQLFeatureNotSupportedException) exception;
  }
}
