package io.percred.snowflake;

import io.percred.spi.PercredError;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the vendor's driver by the URLs it accepts, whatever its class is called. */
final class VendorDriver {
  private static final String PROBE = "jdbc:snowflake://percred.snowflakecomputing.com/";

  private VendorDriver() {}

  /**
   * The vendor's driver: a registered one, or one that the service loader finds.
   *
   * @throws SQLException with PERCRED-350 if there is none
   */
  static Driver find() throws SQLException {
    return Stream.concat(
            DriverManager.drivers(),
            Stream.of(
                    SnowflakeAdapter.class.getClassLoader(),
                    Thread.currentThread().getContextClassLoader())
                .flatMap(VendorDriver::provided))
        .filter(VendorDriver::accepts)
        .findFirst()
        .orElseThrow(() -> PercredError.of(SnowflakeError.VENDOR_DRIVER_MISSING).toSqlException());
  }

  private static boolean accepts(Driver driver) {
    try {
      // percred's own driver for plain URLs accepts them too.
      return !driver.getClass().getName().startsWith("io.percred.") && driver.acceptsURL(PROBE);
    } catch (SQLException e) {
      return false;
    }
  }

  private static Stream<Driver> provided(ClassLoader loader) {
    return ServiceLoader.load(Driver.class, loader).stream()
        .map(VendorDriver::loaded)
        .flatMap(Optional::stream);
  }

  /** Nothing if it is some other driver that does not load: not this adapter's concern. */
  private static Optional<Driver> loaded(ServiceLoader.Provider<Driver> provider) {
    try {
      return Optional.of(provider.get());
    } catch (ServiceConfigurationError e) {
      return Optional.empty();
    }
  }
}
