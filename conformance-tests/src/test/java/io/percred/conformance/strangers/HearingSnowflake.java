package io.percred.conformance.strangers;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Logger;

/** In the place of Snowflake's driver: hears what it would have sent, and where. */
final class HearingSnowflake implements Driver, AutoCloseable {
  private static final String PREFIX = "jdbc:snowflake://";

  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private final List<Driver> replaced;

  HearingSnowflake() throws SQLException {
    replaced =
        DriverManager.drivers().filter(each -> each.getClass().getName().contains("snow")).toList();
    for (Driver each : replaced) {
      DriverManager.deregisterDriver(each);
    }
    DriverManager.registerDriver(this);
  }

  /** What went to hosts that are not allowed since the last time. */
  String takeHeard() {
    StringBuilder all = new StringBuilder();
    for (String each = heard.poll(); each != null; each = heard.poll()) {
      all.append(each);
    }
    return all.toString();
  }

  @Override
  public Connection connect(String url, Properties info) throws SQLException {
    String host = url.substring(PREFIX.length()).replaceFirst("[:/?].*$", "");
    if (!host.toLowerCase(Locale.ROOT).equals(TypedUrls.ALLOWED)) {
      // What else the properties tell the driver, they would tell it without percred, too.
      heard.add(url + ' ' + info.get("token") + ' ' + info.get("password"));
    }
    throw new SQLException("It hears, and opens nothing", "08001");
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("It has no logger");
  }

  @Override
  public void close() throws SQLException {
    DriverManager.deregisterDriver(this);
    for (Driver each : replaced) {
      DriverManager.registerDriver(each);
    }
  }
}
