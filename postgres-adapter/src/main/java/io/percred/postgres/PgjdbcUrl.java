package io.percred.postgres;

import io.percred.spi.PercredError;
import io.percred.spi.VendorReading.Host;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * A pgjdbc URL and properties as pgjdbc itself reads them: {@code ?PGHOST=} and {@code ?host=} win
 * over the host in front of the question mark, and a service file is read if one is named.
 */
public final class PgjdbcUrl {
  /** pgjdbc's property with the hosts, separated by commas. */
  static final String HOSTS = "PGHOST";

  /** pgjdbc's property with their ports. */
  static final String PORTS = "PGPORT";

  /** pgjdbc's property with the database. */
  static final String DATABASE = "PGDBNAME";

  private static final int DEFAULT_PORT = 5432;
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}\\p{N}._-]+|\\[[0-9A-Fa-f:.]+(%\\w+)?]");
  private static final Pattern BARE_IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%\\w+)?");

  private PgjdbcUrl() {}

  /**
   * All properties of a connection, those of the URL and of a service file included.
   *
   * @throws SQLException with PERCRED-237 if pgjdbc does not understand the URL
   */
  public static Properties effective(String url, Properties properties) throws SQLException {
    Properties copy = new Properties();
    for (String name : properties.stringPropertyNames()) {
      copy.setProperty(name, properties.getProperty(name));
    }
    Properties parsed = parsed(url, copy);
    Properties flat = new Properties();
    for (String name : parsed.stringPropertyNames()) {
      flat.setProperty(name, parsed.getProperty(name));
    }
    return flat;
  }

  private static Properties parsed(String url, Properties properties) throws SQLException {
    try {
      @Nullable Properties parsed = Driver.parseURL(url, properties);
      if (parsed != null) {
        return parsed;
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // As older versions say that a percent sign, and all of them that a host, is not one.
    }
    throw unreadable("pgjdbc does not understand it");
  }

  /**
   * Every host that may be connected to.
   *
   * @param effective all properties of the connection
   * @throws SQLException with PERCRED-237 if one of them cannot be a host
   */
  static List<Host> hosts(Properties effective) throws SQLException {
    String[] names = effective.getProperty(HOSTS, "").split(",", -1);
    String[] ports = effective.getProperty(PORTS, "").split(",", -1);
    List<Host> hosts = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      hosts.add(new Host(name(names[i]), port(ports[Math.min(i, ports.length - 1)])));
    }
    return hosts;
  }

  /**
   * The URL of the database that is connected to, without parameters and so without secrets, and
   * without ports that are PostgreSQL's own.
   *
   * @param effective all properties of the connection
   * @throws SQLException with PERCRED-237 if it has no host
   */
  public static String of(Properties effective) throws SQLException {
    return url(effective, host -> host.port() == DEFAULT_PORT ? host.name() : host.toString());
  }

  /**
   * The same with every port, so that nothing else can say another one.
   *
   * @throws SQLException as {@link #of}
   */
  public static String withPorts(Properties effective) throws SQLException {
    return url(effective, Host::toString);
  }

  private static String url(Properties effective, Function<Host, String> written)
      throws SQLException {
    String database =
        URLEncoder.encode(effective.getProperty(DATABASE, ""), StandardCharsets.UTF_8)
            .replace("+", "%20");
    return hosts(effective).stream()
        .map(written)
        .collect(Collectors.joining(",", "jdbc:postgresql://", "/" + database));
  }

  private static String name(String given) throws SQLException {
    String name = given.isEmpty() ? "localhost" : given;
    if (BARE_IPV6.matcher(name).matches()) {
      return '[' + name + ']';
    }
    if (!NAME.matcher(name).matches()) {
      throw unreadable("it names a host with characters that no host has");
    }
    return name;
  }

  private static int port(String given) throws SQLException {
    try {
      return given.isEmpty() ? DEFAULT_PORT : Integer.parseInt(given);
    } catch (NumberFormatException e) {
      throw unreadable("a port is not a number");
    }
  }

  private static SQLException unreadable(String reason) {
    return PercredError.of(PostgresError.URL, reason).toSqlException();
  }
}
