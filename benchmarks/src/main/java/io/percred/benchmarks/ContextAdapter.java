package io.percred.benchmarks;

import io.percred.PercredDataSource;
import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.ErrorCode;
import io.percred.spi.FromUrl;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.VendorReading;
import io.percred.spi.VendorReading.Secrecy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * An adapter that opens nothing: it hands the driver's own context for a connection to a benchmark,
 * so that what is measured was configured by the driver as it would be for a database.
 */
public final class ContextAdapter implements DatabaseAdapter {
  private static final ThreadLocal<AdapterContext> LAST = new ThreadLocal<>();

  /** For {@link java.util.ServiceLoader}. */
  public ContextAdapter() {}

  /** What the driver gives an adapter for a connection with these properties. */
  static AdapterContext configured(PercredDataSource dataSource, Map<String, String> properties)
      throws SQLException {
    Properties given = new Properties();
    given.putAll(properties);
    dataSource.setProperties(given);
    dataSource.setUrl("jdbc:percred:context:");
    try {
      Connection none = dataSource.getConnection();
      throw new IllegalStateException("This adapter opened " + none);
    } catch (SQLFeatureNotSupportedException expected) {
      return LAST.get();
    } finally {
      LAST.remove();
    }
  }

  @Override
  public String subprotocol() {
    return "context";
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return List.of();
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of();
  }

  @Override
  public Driver vendorDriver() throws SQLException {
    throw new SQLFeatureNotSupportedException("There is no database behind a benchmark");
  }

  @Override
  public VendorReading read(String url, Properties properties) {
    return new VendorReading(List.of(), List.of(), new Secrecy(null, null, Map.of(), null));
  }

  @Override
  public FromUrl fromUrl(String name, Properties properties) {
    return FromUrl.UNKNOWN;
  }

  @Override
  public Connection connect(String url, Properties properties, AdapterContext context)
      throws SQLException {
    LAST.set(context);
    throw new SQLFeatureNotSupportedException("There is no database behind a benchmark");
  }
}
