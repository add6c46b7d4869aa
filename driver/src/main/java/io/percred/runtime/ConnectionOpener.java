package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.Installed;
import io.percred.resolution.ActiveCall;
import io.percred.resolution.CallerResolver;
import io.percred.resolution.Making;
import io.percred.resolution.TextlessCause;
import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections of any configuration. Safe for many threads. */
public final class ConnectionOpener {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionOpener.class);
  private static final String PASSWORD = "password";

  private final RuntimeRegistry registry;
  private final Clock clock;

  /** An opener of connections that share what {@code registry} holds. */
  public ConnectionOpener(RuntimeRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /**
   * Opens a connection.
   *
   * @throws SQLException with SQLSTATE 22023 and a code below PERCRED-100 if the configuration is
   *     not right, with PERCRED-105 if called from inside a supplier or verifier, and whatever the
   *     adapter and the vendor's driver throw
   */
  public Connection open(ConnectionRequest request) throws SQLException {
    PercredError reentrance = ActiveCall.reentrance();
    if (reentrance != null) {
      throw reentrance.toSqlException();
    }
    Installed installed = Installed.onThisThread();
    ConnectionPlan plan = ConnectionPlan.of(request, installed);
    SharedRuntime runtime =
        registry.get(
            plan.runtimeKey(request.chosen()),
            () -> SharedRuntime.of(plan.settings(), request.chosen(), installed, clock));
    CallerResolver resolver = runtime.newResolver(plan.secrets());
    Properties vendors = plan.vendors();
    // Of this request: the shared configuration may be older than the password.
    String loginPassword = plan.settings().secret(DriverProperty.LOGIN_PASSWORD);
    if (loginPassword != null) {
      vendors.setProperty(PASSWORD, loginPassword);
      plan.vendor().precautions().forEach(vendors::setProperty);
    }
    AdapterContext context = new ConnectionContext(runtime, resolver);
    Connection connection = connect(plan, vendors, context);
    resolver.connected();
    LOG.debug("Opened a connection: {}", plan);
    return connection;
  }

  private static Connection connect(ConnectionPlan plan, Properties vendors, AdapterContext context)
      throws SQLException {
    DatabaseAdapter adapter = plan.adapter();
    String subprotocol = adapter.subprotocol();
    return Making.of(
        "adapter",
        subprotocol,
        adapter,
        () -> {
          try {
            return adapter.connect(plan.vendorUrl(), vendors, context);
          } catch (NoClassDefFoundError e) {
            throw PercredError.of(
                    DriverError.VENDOR_DRIVER_MISSING, subprotocol, String.valueOf(e.getMessage()))
                .causedBy(TextlessCause.of(e))
                .toSqlException();
          }
        });
  }
}
