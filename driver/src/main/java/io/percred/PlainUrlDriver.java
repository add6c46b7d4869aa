package io.percred;

import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionUrl;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * percred for tools that insist on the database's plain URL: accepts {@code jdbc:postgresql:…}, or
 * whatever an installed adapter is for, beside percred's own URLs. Not registered, so it takes no
 * connection from anybody who did not name this class.
 */
public final class PlainUrlDriver extends AbstractPercredDriver {
  private static final Logger LOG = LoggerFactory.getLogger(PlainUrlDriver.class);

  static {
    warnOfOthers();
  }

  /** For tools that are given the class name. */
  public PlainUrlDriver() {}

  /**
   * A tool that loads this class but then asks DriverManager for a connection gets the vendor's
   * own, whose server is sent whatever stands in the password field.
   */
  private static void warnOfOthers() {
    for (String subprotocol : Installed.onThisThread().adapters().names()) {
      String url = "jdbc:" + subprotocol + "://localhost/";
      DriverManager.drivers()
          .filter(driver -> !(driver instanceof AbstractPercredDriver) && accepts(driver, url))
          .findFirst()
          .ifPresent(
              other ->
                  LOG.warn(
                      "{} is registered for jdbc:{}: URLs. A tool that was given"
                          + " io.percred.PlainUrlDriver and asks DriverManager all the same connects"
                          + " without percred, and sends the token in the password field to the server"
                          + " as the login's password. Remedy: use a jdbc:percred:{}: URL, or the one"
                          + " jar for tools, in which no other driver is registered.",
                      other.getClass().getName(),
                      subprotocol,
                      subprotocol));
    }
  }

  private static boolean accepts(Driver driver, String url) {
    try {
      return driver.acceptsURL(url);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  boolean isOwn(String url) {
    return url.startsWith(ConnectionUrl.PREFIX)
        || Installed.onThisThread().adapters().names().stream()
            .anyMatch(subprotocol -> url.startsWith("jdbc:" + subprotocol + ":"));
  }
}
