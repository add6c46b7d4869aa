package io.percred;

import io.percred.catalogue.DriverError;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.PercredError;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.util.Objects;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A DataSource whose connections run every transaction with the caller's credential. A JavaBean, so
 * a pool can make it from a class name ({@code dataSourceClassName} of HikariCP) and bean
 * properties; {@code percred.*} properties without a setter go into {@link #setProperties} or the
 * URL. What the URL says wins over bean properties, and these over {@link #setProperties}.
 *
 * <p>Connections share suppliers, verifier and sessions of this DataSource alone; {@link #close}
 * ends them. Safe for many threads; changes count for connections opened after them.
 */
public final class PercredDataSource extends DataSourceProperties
    implements DataSource, AutoCloseable {
  private static final String LOGIN_TIMEOUT = "loginTimeout";

  private final RuntimeRegistry registry = new RuntimeRegistry();
  private final ConnectionOpener opener = new ConnectionOpener(registry, Clock.systemUTC());

  private volatile @Nullable String url;
  private volatile int loginTimeout;
  private volatile @Nullable PrintWriter logWriter;

  /** A DataSource that needs a URL. */
  public PercredDataSource() {}

  /**
   * Puts percred around a pool, or any other DataSource: a connection that is taken from it stays
   * that of who took it, and leaves nothing behind when it is closed.
   */
  public static DecoratedDataSource wrap(DataSource pool) {
    DecoratedDataSource decorated = new DecoratedDataSource();
    decorated.setDataSource(pool);
    return decorated;
  }

  /** {@code jdbc:percred:<subprotocol>:…}, or the database's own URL. */
  public void setUrl(String url) {
    this.url = Objects.requireNonNull(url, "url");
  }

  /** The URL, or null if none was set. */
  public @Nullable String getUrl() {
    return url;
  }

  /**
   * Opens a connection.
   *
   * @throws SQLException with SQLSTATE 22023 if the configuration is not right, with 08003 if this
   *     is closed, and whatever the target's driver throws
   */
  @Override
  public Connection getConnection() throws SQLException {
    return open(connectionProperties());
  }

  /**
   * Opens a connection with another login.
   *
   * @throws SQLException as {@link #getConnection()} does
   */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return open(withLogin(connectionProperties(), user, password));
  }

  /** Seconds that the target's driver gets for a login; 0 is its own default. */
  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeout = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeout;
  }

  /** Kept for JDBC's sake: percred logs through SLF4J. */
  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    logWriter = out;
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return logWriter;
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
    throw PercredError.of(DriverError.NOT_A_WRAPPER, type.getName()).toSqlException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  /**
   * Ends suppliers, verifier and sessions. Connections that are still open are the target driver's
   * and stay open, but no credential can be fetched for them any more.
   */
  @Override
  public void close() {
    registry.close();
  }

  /** Shows no property: they may hold secrets. */
  @Override
  public String toString() {
    return "PercredDataSource";
  }

  private Connection open(Properties properties) throws SQLException {
    String target = url;
    if (target == null) {
      throw PercredError.of(DriverError.PROPERTY_MISSING, "PercredDataSource", "url")
          .toSqlException();
    }
    int seconds = loginTimeout;
    if (seconds > 0 && properties.getProperty(LOGIN_TIMEOUT) == null) {
      properties.setProperty(LOGIN_TIMEOUT, Integer.toString(seconds));
    }
    return opener.open(new ConnectionRequest(target, properties, chosen()));
  }
}
