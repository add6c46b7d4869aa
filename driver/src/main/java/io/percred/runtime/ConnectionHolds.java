package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionUrl;
import io.percred.resolution.Making;
import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/** Finds percred's hold on a pool's connections, or takes one. Safe for many threads. */
public final class ConnectionHolds {
  private final RuntimeRegistry registry;
  private final Clock clock;

  /** Holds on connections that percred did not open share what {@code registry} holds. */
  public ConnectionHolds(RuntimeRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /**
   * The hold on a connection.
   *
   * @param properties what was given for connections that percred did not open
   * @param chosen likewise, as objects
   * @throws SQLException with SQLSTATE 22023 if the database is unknown or the configuration is not
   *     right for the connection
   */
  public HeldConnection of(Connection connection, Properties properties, ChosenInCode chosen)
      throws SQLException {
    String vendorUrl = connection.getMetaData().getURL();
    ConnectionUrl url = ConnectionUrl.parse(vendorUrl == null ? "" : vendorUrl);
    Installed installed = Installed.onThisThread();
    DatabaseAdapter adapter = installed.adapters().find(url.subprotocol());
    if (adapter == null) {
      throw foreign(url);
    }
    Optional<HeldConnection> held =
        making(adapter, () -> Optional.ofNullable(adapter.held(connection)));
    if (held.isPresent()) {
      refuseConfiguration(properties, chosen);
      return held.get();
    }
    AdapterContext context = context(url, properties, chosen);
    return making(adapter, () -> Optional.ofNullable(adapter.foreign(connection, context)))
        .orElseThrow(() -> foreign(url));
  }

  private AdapterContext context(ConnectionUrl url, Properties properties, ChosenInCode chosen)
      throws SQLException {
    ConnectionPlan plan =
        ConnectionPlan.ofOpen(
            new ConnectionRequest(url.base(), properties, chosen), Installed.onThisThread());
    for (Object each : plan.vendors().keySet()) {
      throw PercredError.of(
              DriverError.UNKNOWN_PROPERTY,
              each,
              "A decorator reads percred's properties only; others are the pool's.")
          .toSqlException();
    }
    return ConnectionContext.ofOpen(plan, chosen, registry, clock);
  }

  private static void refuseConfiguration(Properties properties, ChosenInCode chosen)
      throws SQLException {
    TreeSet<String> given = new TreeSet<>(properties.stringPropertyNames());
    if (!chosen.equals(ChosenInCode.NOTHING)) {
      given.add("objects set in code");
    }
    if (!given.isEmpty()) {
      throw PercredError.of(DriverError.CONFIGURED_ELSEWHERE, String.join(", ", given))
          .toSqlException();
    }
  }

  private static SQLException foreign(ConnectionUrl url) {
    return PercredError.of(DriverError.FOREIGN_DATABASE, url.subprotocol()).toSqlException();
  }

  private static <T> T making(DatabaseAdapter adapter, Making.Maker<T> maker) throws SQLException {
    return Making.of("adapter", adapter.subprotocol(), adapter, maker);
  }
}
