package io.percred.recording;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.util.Properties;
import java.util.logging.Logger;

/** The vendor's driver: describes one property and what URL it was asked with. */
final class RecordingVendorDriver implements Driver {
  @Override
  public Connection connect(String url, Properties info) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith("jdbc:recording:");
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[] {new DriverPropertyInfo("vendorUrl", url)};
  }

  @Override
  public int getMajorVersion() {
    return 1;
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
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }
}
