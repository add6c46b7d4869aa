package io.percred.snowflake;

import io.percred.spi.PercredError;
import java.net.URL;
import java.security.CodeSource;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds the vendor's driver by the URLs it accepts, whatever its class is called. */
final class VendorDriver {
  /** After so many the loader is not expected to get any further. */
  private static final int MOST_BROKEN = 100;

  private static final String PROBE = "jdbc:snowflake://percred.snowflakecomputing.com/";

  private VendorDriver() {}

  /**
   * The vendor's driver: a registered one, or one that the service loader finds.
   *
   * @throws SQLException with PERCRED-350 if there is none, with PERCRED-361 if there are several
   */
  static Driver find() throws SQLException {
    return find(null);
  }

  /**
   * As {@link #find()}, of this class if it is named.
   *
   * @throws SQLException also with PERCRED-350 if there is none of this class
   */
  static Driver find(@Nullable String className) throws SQLException {
    Map<String, Driver> found = new LinkedHashMap<>();
    Stream.concat(
            DriverManager.drivers(),
            Stream.of(
                    SnowflakeAdapter.class.getClassLoader(),
                    Thread.currentThread().getContextClassLoader())
                .flatMap(VendorDriver::provided))
        .filter(VendorDriver::accepts)
        .filter(driver -> className == null || driver.getClass().getName().equals(className))
        .forEach(driver -> found.putIfAbsent(driver.getClass().getName(), driver));
    if (found.isEmpty()) {
      throw PercredError.of(SnowflakeError.VENDOR_DRIVER_MISSING).toSqlException();
    }
    if (found.values().stream().map(VendorDriver::origin).distinct().count() > 1) {
      throw PercredError.of(
              SnowflakeError.SEVERAL_VENDOR_DRIVERS, String.join(" and ", found.keySet()))
          .toSqlException();
    }
    return found.values().iterator().next();
  }

  /** Where its class is from: one jar may register its driver under an old and a new name. */
  private static Object origin(Driver driver) {
    CodeSource source = driver.getClass().getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return location == null ? driver.getClass() : location.toString();
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
