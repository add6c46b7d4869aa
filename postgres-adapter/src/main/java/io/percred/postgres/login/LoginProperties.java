package io.percred.postgres.login;

import io.percred.postgres.PgjdbcUrl;
import io.percred.postgres.PostgresError;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * What pgjdbc is told: the bare URL, and the properties of the login. Those of the URL are among
 * them, as pgjdbc lets its URL win over properties and a caller's own must win over both.
 * Immutable.
 */
final class LoginProperties {
  private static final String SERVICE = "service";
  private static final String USER = "user";
  private static final String PASSWORD = "password";
  private static final String OPTIONS = "options";
  private static final String JIT = "--jit=true";
  private static final String SOCKET_TIMEOUT = "socketTimeout";
  private static final String CONNECT_TIMEOUT = "connectTimeout";
  private static final String ENCRYPTION = "gssEncMode";
  private static final String REQUIRED_AUTHENTICATION = "requireAuth";
  private static final long LONGEST_CONNECT_SECONDS = 10;

  /** Of pgjdbc's OAUTHBEARER, in versions that have it. */
  private static final String OAUTH_TOKEN = "oauthToken";

  /** Where to connect to, by pgjdbc's names and by libpq's. */
  private static final Set<String> DESTINATION =
      Set.of("PGHOST", "PGPORT", "PGDBNAME", "host", "port", "dbname");

  private static final Set<String> ENCRYPTED = Set.of("require", "verify-ca", "verify-full");

  private final String url;
  private final String address;
  private final SortedMap<String, String> given;
  private final @Nullable String user;
  private final int ownSocketTimeout;
  private final boolean driverKnowsOauth;

  private LoginProperties(
      String address, SortedMap<String, String> given, Properties effective, boolean knowsOauth)
      throws SQLException {
    this.url = PgjdbcUrl.of(effective);
    this.address = address;
    this.given = given;
    this.user = effective.getProperty(USER);
    this.ownSocketTimeout = seconds(effective, SOCKET_TIMEOUT);
    this.driverKnowsOauth = knowsOauth;
  }

  /**
   * Reads URL and properties, with the service file that they may name.
   *
   * @param openTimeout within which a login must end
   * @throws SQLException with SQLSTATE 22023 if they hold what percred must not pass on, or would
   *     send tokens without encryption
   */
  static LoginProperties of(
      String url, Properties properties, LoginRules rules, Duration openTimeout)
      throws SQLException {
    SortedMap<String, String> given = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      given.put(name, properties.getProperty(name));
    }
    int question = url.indexOf('?');
    if (question >= 0) {
      for (String parameter : url.substring(question + 1).split("&", -1)) {
        addParameter(parameter, given);
      }
    }
    // Where pgjdbc would connect to, whichever of its ways the URL says it in.
    String address = PgjdbcUrl.withPorts(PgjdbcUrl.effective(url, properties));
    given.keySet().removeAll(DESTINATION);
    String service = given.remove(SERVICE);
    if (service != null) {
      // The one parameter that pgjdbc takes from nowhere else.
      address += '?' + SERVICE + '=' + URLEncoder.encode(service, StandardCharsets.UTF_8);
    }
    Properties effective = PgjdbcUrl.effective(address, asProperties(given));
    check(effective, rules);
    bound(given, effective, Math.max(1, openTimeout.toSeconds()));
    if (rules.jit()) {
      String options = given.get(OPTIONS);
      given.put(OPTIONS, options == null || options.isBlank() ? JIT : options + ' ' + JIT);
    }
    return new LoginProperties(address, given, effective, PGProperty.forName(OAUTH_TOKEN) != null);
  }

  /** The URL without parameters. */
  String url() {
    return url;
  }

  /** The URL that pgjdbc gets: without parameters, but for a service that is named. */
  String address() {
    return address;
  }

  /** The user that URL, properties or service file name, or null. */
  @Nullable String user() {
    return user;
  }

  /** How long a read may take once the login is done, in milliseconds; 0 is for ever. */
  int socketTimeoutMillis() {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, ownSocketTimeout * 1000L));
  }

  /** Whether transactions are read-only unless told otherwise. */
  boolean isReadOnly() {
    return Boolean.parseBoolean(given.get("readOnly"));
  }

  /** Fresh properties for a caller's login. */
  Properties of(String callersUser, Credential credential) {
    Properties fresh = asProperties(given);
    fresh.setProperty(USER, callersUser);
    fresh.setProperty(PASSWORD, credential.token());
    if (driverKnowsOauth) {
      fresh.setProperty(OAUTH_TOKEN, credential.token());
    }
    if (!given.containsKey(REQUIRED_AUTHENTICATION)) {
      // A server that lets anybody in has not looked at the token.
      fresh.setProperty(
          REQUIRED_AUTHENTICATION,
          "password,md5,scram-sha-256" + (driverKnowsOauth ? ",oauth" : ""));
    }
    return fresh;
  }

  /** Fresh properties for the static login. */
  Properties ofStaticLogin() {
    return asProperties(given);
  }

  private static Properties asProperties(Map<String, String> values) {
    Properties properties = new Properties();
    properties.putAll(values);
    return properties;
  }

  private static void addParameter(String parameter, SortedMap<String, String> given)
      throws SQLException {
    if (parameter.isEmpty()) {
      return;
    }
    int equals = parameter.indexOf('=');
    try {
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value =
          equals < 0
              ? ""
              : URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8);
      given.put(name, value);
    } catch (IllegalArgumentException e) {
      throw PercredError.of(PostgresError.URL, "a percent sign is not followed by two digits")
          .toSqlException();
    }
  }

  private static void check(Properties effective, LoginRules rules) throws SQLException {
    if (effective.getProperty("authenticationPluginClassName") != null) {
      throw refused(
          "authenticationPluginClassName", "it would log in with something else than the token");
    }
    String replication = effective.getProperty("replication");
    if (replication != null && !replication.equals("false")) {
      throw refused("replication", "a caller's sessions are for transactions");
    }
    if ("require".equals(effective.getProperty(ENCRYPTION))) {
      throw refused(ENCRYPTION, "tokens are sent over TLS");
    }
    String encryption = sslMode(effective);
    if (!rules.plaintext() && !ENCRYPTED.contains(encryption)) {
      throw PercredError.of(PostgresError.LOGIN_NEEDS_TLS, encryption).toSqlException();
    }
    if (rules.userClaim() == null && effective.getProperty(USER) == null) {
      // pgjdbc would take the name of this process's account.
      throw PercredError.of(PostgresError.LOGIN_NEEDS_USER).toSqlException();
    }
  }

  /** As pgjdbc reads it. Without one it takes TLS if it is offered, so never for certain. */
  private static String sslMode(Properties effective) {
    String mode = effective.getProperty("sslmode");
    if (mode != null) {
      return mode;
    }
    String ssl = effective.getProperty("ssl");
    boolean on = ssl != null && (ssl.isEmpty() || Boolean.parseBoolean(ssl));
    return on ? "verify-full" : "prefer";
  }

  /**
   * Ends a login that hangs within the deadline by itself, on the thread that makes it. With
   * pgjdbc's own loginTimeout it would go on elsewhere, and its session would not be counted.
   */
  private static void bound(SortedMap<String, String> given, Properties effective, long seconds)
      throws SQLException {
    given.put(ENCRYPTION, "disable");
    int own = seconds(effective, SOCKET_TIMEOUT);
    given.put(SOCKET_TIMEOUT, String.valueOf(own == 0 ? seconds : Math.min(own, seconds)));
    if (effective.getProperty(CONNECT_TIMEOUT) == null) {
      given.put(CONNECT_TIMEOUT, String.valueOf(Math.min(LONGEST_CONNECT_SECONDS, seconds)));
    }
  }

  private static int seconds(Properties effective, String name) throws SQLException {
    String value = effective.getProperty(name);
    try {
      return value == null ? 0 : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw refused(name, "it is not a number of seconds");
    }
  }

  private static SQLException refused(String name, String reason) {
    return PercredError.of(PostgresError.LOGIN_PROPERTY, name, reason).toSqlException();
  }

  /** Shows the URL, no property. */
  @Override
  public String toString() {
    return "LoginProperties[" + url + "]";
  }
}
