package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionUrl;
import io.percred.spi.AdapterContext;
import io.percred.spi.ContextProvider;
import io.percred.spi.PercredError;
import io.percred.spi.VendorReading;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Properties;

/** Contexts of connections that the vendor's driver opens by itself, configured as by a URL. */
public final class UrlContexts implements ContextProvider {
  // Of the class, not of the instance: every look-up makes an instance of its own.
  private static final RuntimeRegistry REGISTRY = new RuntimeRegistry();

  /** Called by the service loader. */
  public UrlContexts() {}

  @Override
  public AdapterContext context(String vendorUrl, VendorReading reading, String configuration)
      throws SQLException {
    String url = vendorUrl + '?' + configuration;
    String unknown = ConnectionUrl.parse(url).firstOfVendor();
    if (unknown != null) {
      throw PercredError.of(
              DriverError.UNKNOWN_PROPERTY,
              unknown,
              "Only percred's properties stand here; others go to the vendor's driver.")
          .toSqlException();
    }
    ConnectionPlan plan =
        ConnectionPlan.ofVendors(
            new ConnectionRequest(url, new Properties(), ChosenInCode.NOTHING),
            reading,
            Installed.onThisThread());
    return ConnectionContext.ofOpen(plan, ChosenInCode.NOTHING, REGISTRY, Clock.systemUTC());
  }
}
