package io.percred.snowflake;

import io.percred.spi.PercredError;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** Finds the vendor's driver by the URLs it accepts, whatever its class is called. */
final class VendorDriver {
  /** After so many the loader is not expected to get any further. */
  private static final int MOST_BROKEN = 100;

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
      // percred's own driver for plain URLs accepts them, too.
      return !driver.getClass().getPackageName().equals("io.percred") && driver.acceptsURL(PROBE);
    } catch (SQLException e) {
      return false;
    }
  }

  private static Stream<Driver> provided(ClassLoader loader) {
    List<Driver> found = new ArrayList<>();
    Iterator<Driver> drivers = ServiceLoader.load(Driver.class, loader).iterator();
    int broken = 0;
    while (broken < MOST_BROKEN) {
      try {
        if (!drivers.hasNext()) {
          break;
        }
        found.add(drivers.next());
      } catch (ServiceConfigurationError e) {
        // Some other driver that does not load or is not listed as it should be: not this one's
        // concern.
        broken++;
      }
    }
    return found.stream();
  }
}
