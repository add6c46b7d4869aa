package io.percred;

import io.percred.catalogue.DriverError;
import io.percred.runtime.ChosenInCode;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.PropertyInfo;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What percred's two drivers have in common: all but which URLs are theirs. */
abstract sealed class AbstractPercredDriver implements Driver
    permits PercredDriver, PlainUrlDriver {
  // Of the class, not of the instance: every pool makes an instance of its own.
  private static final RuntimeRegistry CONFIGURATIONS = new RuntimeRegistry();
  private static final Logger LOG = LoggerFactory.getLogger(AbstractPercredDriver.class);
  private static final Pattern OWN = Pattern.compile("[?&;]percred\\.");
  private static final AtomicBoolean WARNED = new AtomicBoolean();
  private static final ConnectionOpener OPENER =
      new ConnectionOpener(CONFIGURATIONS, Clock.systemUTC());

  /** Ends what connections shared so far; who connects later begins anew. */
  static void end() {
    CONFIGURATIONS.end();
  }

  /** Whether connections of this URL are this driver's business. */
  abstract boolean isOwn(String url);

  @Override
  public final @Nullable Connection connect(String url, @Nullable Properties info)
      throws SQLException {
    if (acceptsURL(url)) {
      return OPENER.open(new ConnectionRequest(url, orEmpty(info), ChosenInCode.NOTHING));
    }
    warnOfUnread(url, orEmpty(info));
    return null;
  }

  /**
   * DriverManager asks every driver about every URL: percred's properties beside another driver's
   * URL are read by nobody, and the connection is not bound.
   */
  private static void warnOfUnread(String url, Properties info) {
    boolean unread =
        OWN.matcher(url).find()
            || info.stringPropertyNames().stream().anyMatch(each -> each.startsWith("percred."));
    if (unread && WARNED.compareAndSet(false, true)) {
      LOG.warn(
          "percred's properties were given for a URL that is not percred's: nobody reads them, and"
              + " callers are not bound to the connection. Remedy: begin the URL with jdbc:percred:,"
              + " as in jdbc:percred:postgresql://host/database. This is said once.");
    }
  }

  @Override
  public final boolean acceptsURL(String url) throws SQLException {
    if (url == null) {
      throw PercredError.of(DriverError.MALFORMED_URL, "it is null").toSqlException();
    }
    return isOwn(url);
  }

  /**
   * percred's properties and those of the target's driver. For tools that ask while the user is
   * still typing: what is unknown, malformed or missing does not matter here.
   */
  @Override
  public final DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties info)
      throws SQLException {
    return acceptsURL(url)
        ? PropertyInfo.of(url, orEmpty(info)).toArray(DriverPropertyInfo[]::new)
        : new DriverPropertyInfo[0];
  }

  @Override
  public final int getMajorVersion() {
    return BuildVersion.MAJOR;
  }

  @Override
  public final int getMinorVersion() {
    return BuildVersion.MINOR;
  }

  /** False: whether it is depends on the target's driver. */
  @Override
  public final boolean jdbcCompliant() {
    return false;
  }

  /** Not supported: percred logs through SLF4J. */
  @Override
  public final java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw Unsupported.parentLogger();
  }

  private static Properties orEmpty(@Nullable Properties info) {
    return info == null ? new Properties() : info;
  }
}
