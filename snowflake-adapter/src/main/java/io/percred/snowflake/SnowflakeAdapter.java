package io.percred.snowflake;

import io.percred.session.LoginPolicy;
import io.percred.session.SessionBounds;
import io.percred.session.SessionError;
import io.percred.session.SessionPool;
import io.percred.session.SessionProperty;
import io.percred.spi.AdapterContext;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.ErrorCode;
import io.percred.spi.FromUrl;
import io.percred.spi.HeldConnection;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.Settings;
import io.percred.spi.Target;
import io.percred.spi.VendorReading;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs every transaction in a Snowflake session that the caller's own token opened. Snowflake knows
 * who is asking only from the login, and an open session outlives its token; so percred keeps the
 * sessions, few per caller, and ends them in time, see {@link SessionPool}.
 *
 * <p>With {@code percred.on-missing=shared} the URL's user and the password (or token, or key) of
 * the properties open sessions of their own. Thread-safe.
 */
public final class SnowflakeAdapter implements DatabaseAdapter {
  /** Called by the service loader. */
  public SnowflakeAdapter() {}

  @Override
  public String subprotocol() {
    return "snowflake";
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return Stream.<PropertyDescriptor>concat(
            Stream.of(SessionProperty.values()), Stream.of(SnowflakeProperty.values()))
        .toList();
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return Stream.<ErrorCode>concat(
            Stream.of(SessionError.values()), Stream.of(SnowflakeError.values()))
        .toList();
  }

  @Override
  public Driver vendorDriver() throws SQLException {
    return VendorDriver.find();
  }

  @Override
  public VendorReading read(String url, Properties properties) throws SQLException {
    return SnowflakeRules.read(url, properties);
  }

  @Override
  public FromUrl fromUrl(String name, Properties properties) {
    return SnowflakeRules.rule(name);
  }

  @Override
  public Connection connect(String url, Properties properties, AdapterContext context)
      throws SQLException {
    LoginPolicy.check(context.settings());
    SessionBounds bounds = SessionBounds.of(context.settings());
    LoginProperties login = LoginProperties.of(url, properties, bounds.openTimeout());
    Driver driver = VendorDriver.find(context.settings().text(SnowflakeProperty.DRIVER));
    Target target = new Target(login.url(), login.user(), null);
    UserCheck check = UserCheck.of(context.settings());
    SessionPool pool =
        context.shared(
            SessionPool.class,
            () ->
                new SessionPool(
                    new SnowflakeSessions(driver, login, check),
                    bounds,
                    target,
                    context.clock(),
                    context.listener()));
    return pool.connect(context, target, login.shape());
  }

  @Override
  public boolean sharesLogin(Settings settings) {
    return LoginPolicy.isShared(settings);
  }

  @Override
  public @Nullable HeldConnection held(Connection connection) throws SQLException {
    return SessionPool.held(connection);
  }
}
