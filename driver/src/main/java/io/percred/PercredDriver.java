package io.percred;

import io.percred.configuration.ConnectionUrl;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * The JDBC driver for {@code jdbc:percred:<subprotocol>:…}, such as {@code
 * jdbc:percred:postgresql://host/database?percred.setting=app.api_token}. Registers itself.
 *
 * <p>Connections are the target driver's own. {@code percred.*} parameters of the URL, which win,
 * and of the properties are percred's and taken out; everything else goes to the target's driver
 * untouched. In percred's parameters {@code %XX} stands for a byte of UTF-8 and a plus sign for
 * itself. An unknown or malformed {@code percred.*} is an {@link SQLException}.
 *
 * <p>Deregistering it, as servlet containers do when they stop an application, ends the suppliers,
 * verifiers and session pools of all connections that percred's drivers opened. Safe for many
 * threads.
 */
public final class PercredDriver extends AbstractPercredDriver {
  static {
    try {
      DriverManager.registerDriver(new PercredDriver(), AbstractPercredDriver::end);
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** For {@link java.util.ServiceLoader} and for pools that are given the class name. */
  public PercredDriver() {}

  @Override
  boolean isOwn(String url) {
    return url.startsWith(ConnectionUrl.PREFIX);
  }
}
