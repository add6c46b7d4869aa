package io.percred;

import io.percred.catalogue.DriverError;
import io.percred.checkout.Checkout;
import io.percred.runtime.ConnectionHolds;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.HeldConnection;
import io.percred.spi.PercredError;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Another DataSource, usually a pool, with percred around it. Whoever is calling when a connection
 * is taken is its caller until it is closed, on whatever thread it is used; closing it rolls back
 * what is open and clears what the caller left in the session. If that fails the connection is
 * closed for good: the pool gets it back only to discard it.
 *
 * <p>Connections that percred opened keep their own configuration. On those it did not open, the
 * properties given here count, and the caller is bound for the session when a connection is taken,
 * at the cost of a network turn then and another when it is closed. {@link #setProperties} and the
 * bean properties know only {@code percred.*} here: everything else is the pool's.
 *
 * <p>Safe for many threads; changes count for connections taken after them.
 */
public final class DecoratedDataSource extends DataSourceProperties
    implements DataSource, AutoCloseable {
  private final RuntimeRegistry registry = new RuntimeRegistry();
  private final ConnectionHolds holds = new ConnectionHolds(registry, Clock.systemUTC());
  private volatile @Nullable DataSource pool;

  /** A decorator that needs a DataSource. */
  public DecoratedDataSource() {}

  /** Where connections come from; not closed by this. */
  public void setDataSource(DataSource pool) {
    this.pool = Objects.requireNonNull(pool, "pool");
  }

  /** Where connections come from, or null if nothing was set. */
  public @Nullable DataSource getDataSource() {
    return pool;
  }

  /** Sets one of percred's properties. */
  public DecoratedDataSource with(String property, String value) {
    set(property, value);
    return this;
  }

  /**
   * Takes a connection for whoever is calling.
   *
   * @throws SQLException what the pool throws; with SQLSTATE 22023 if the configuration is not
   *     right or does not fit the pool's connections; on connections that percred did not open,
   *     with 28000 or 58000 if there is no credential
   */
  @Override
  public Connection getConnection() throws SQLException {
    return Checkout.of(requirePool()::getConnection, this::hold);
  }

  /**
   * Takes a connection with another login, if the pool can.
   *
   * @throws SQLException as {@link #getConnection()} does
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    DataSource source = requirePool();
    return Checkout.of(() -> source.getConnection(user, password), this::hold);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    requirePool().setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return requirePool().getLoginTimeout();
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    requirePool().setLogWriter(out);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return requirePool().getLogWriter();
  }

  /** Not supported: percred logs through SLF4J. */
  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw Unsupported.parentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    DataSource source = requirePool();
    return type.isInstance(source) ? type.cast(source) : source.unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    DataSource source = pool;
    return type.isInstance(this)
        || (source != null && (type.isInstance(source) || source.isWrapperFor(type)));
  }

  /** Ends suppliers and verifier of this decorator; the pool stays open. */
  @Override
  public void close() {
    registry.close();
  }

  /** Shows no property: they may hold secrets. */
  @Override
  public String toString() {
    return "DecoratedDataSource";
  }

  private HeldConnection hold(Connection pooled) throws SQLException {
    return holds.of(pooled, connectionProperties(), chosen());
  }

  private DataSource requirePool() throws SQLException {
    DataSource source = pool;
    if (source == null) {
      throw PercredError.of(DriverError.PROPERTY_MISSING, "DecoratedDataSource", "dataSource")
          .toSqlException();
    }
    return source;
  }
}
