package io.percred.rig;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/** A server that somebody else runs; tests create roles and databases in it. */
final class ExistingServer implements PostgresServer {
  private final String host;
  private final int port;
  private final Login superuser;
  private final int majorVersion;

  private ExistingServer(String host, int port, Login superuser, int majorVersion) {
    this.host = host;
    this.port = port;
    this.superuser = superuser;
    this.majorVersion = majorVersion;
  }

  /**
   * @param url {@code jdbc:postgresql://host:port/database?user=…&password=…} of a superuser
   */
  static ExistingServer at(String url) throws SQLException {
    Driver driver = new org.postgresql.Driver();
    if (!driver.acceptsURL(url)) {
      throw new IllegalArgumentException("Not a PostgreSQL URL in " + PostgresServers.URL);
    }
    Properties parsed = org.postgresql.Driver.parseURL(url, new Properties());
    if (parsed == null) {
      throw new IllegalArgumentException("Cannot read the URL in " + PostgresServers.URL);
    }
    try (Connection connection = DriverManager.getConnection(url)) {
      ExistingServer server =
          new ExistingServer(
              text(parsed, PGProperty.PG_HOST, "localhost"),
              Integer.parseInt(text(parsed, PGProperty.PG_PORT, "5432")),
              new Login(
                  text(parsed, PGProperty.USER, "postgres"), text(parsed, PGProperty.PASSWORD, "")),
              connection.getMetaData().getDatabaseMajorVersion());
      server.createLogins();
      return server;
    }
  }

  private static String text(Properties parsed, PGProperty property, String otherwise) {
    String value = property.getOrDefault(parsed);
    return value == null ? otherwise : value;
  }

  @Override
  public int majorVersion() {
    return majorVersion;
  }

  @Override
  public String host() {
    return host;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Login superuser() {
    return superuser;
  }

  @Override
  public @Nullable Path log() {
    return null;
  }

  @Override
  public @Nullable Path certificateAuthority() {
    return null;
  }

  @Override
  public String toString() {
    return "PostgreSQL " + majorVersion + " (existing)";
  }
}
