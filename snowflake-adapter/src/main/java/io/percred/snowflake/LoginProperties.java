package io.percred.snowflake;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the vendor's driver is told: the bare URL, and the properties of the login. Those of the URL
 * are among them, as the driver lets properties win over its URL and percred the other way round.
 * Immutable.
 */
final class LoginProperties {
  private static final String PREFIX = "jdbc:snowflake://";
  private static final String AUTHENTICATOR = "authenticator";
  private static final String TOKEN = "token";
  private static final String OAUTH = "OAUTH";
  private static final Set<String> OF_TOKENS = Set.of(OAUTH, "PROGRAMMATIC_ACCESS_TOKEN");

  /** What says who logs in, in lower case: no caller's session gets any of it. */
  private static final Set<String> IDENTITY =
      Set.of(
          "user",
          "password",
          "token",
          "authenticator",
          "passcode",
          "passcodeinpassword",
          "id_token_password",
          "privatekey",
          "private_key_file",
          "private_key_base64",
          "private_key_pwd",
          "private_key_file_pwd",
          "oauthclientid",
          "oauthclientsecret");

  private static final Set<String> SECRET =
      Set.of(
          "password",
          "token",
          "passcode",
          "id_token_password",
          "private_key_base64",
          "private_key_pwd",
          "private_key_file_pwd",
          "oauthclientsecret",
          "proxypassword");

  private final String url;
  private final SortedMap<String, Object> given;

  private LoginProperties(String url, SortedMap<String, Object> given) {
    this.url = url;
    this.given = given;
  }

  /**
   * Reads URL and properties.
   *
   * @param loginTimeout how long the driver may repeat a failed login, unless told otherwise
   * @throws SQLException with SQLSTATE 22023 if they hold what percred must not pass on
   */
  static LoginProperties of(String url, Properties properties, Duration loginTimeout)
      throws SQLException {
    if (!url.startsWith(PREFIX)) {
      throw PercredError.of(SnowflakeError.URL, "it names no host").toSqlException();
    }
    int question = url.indexOf('?');
    if ((question < 0 ? url : url.substring(0, question)).indexOf('@') >= 0) {
      throw PercredError.of(SnowflakeError.URL, "a user or a secret is in front of the host")
          .toSqlException();
    }
    SortedMap<String, Object> given = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    properties.forEach((name, value) -> given.put(String.valueOf(name), value));
    for (Map.Entry<String, String> each : SnowflakeRules.parametersOf(url).entrySet()) {
      if (SECRET.contains(each.getKey().toLowerCase(Locale.ROOT))) {
        throw PercredError.of(SnowflakeError.SECRET_IN_URL, each.getKey()).toSqlException();
      }
      given.put(each.getKey(), each.getValue());
    }
    checkCustomizers(given);
    checkAuthenticator(given);
    given.putIfAbsent("disablePlatformDetection", "true");
    given.putIfAbsent("loginTimeout", String.valueOf(Math.max(1, loginTimeout.toSeconds())));
    return new LoginProperties(question < 0 ? url : url.substring(0, question), given);
  }

  /** The URL without parameters. */
  String url() {
    return url;
  }

  /** The user that the static login names, or null. */
  @Nullable String user() {
    return given.get("user") instanceof String user ? user : null;
  }

  /** Everything that shapes a session whoever logs in. */
  Map<String, Object> shape() {
    SortedMap<String, Object> shape = new TreeMap<>(given);
    shape.keySet().removeIf(LoginProperties::isIdentity);
    shape.keySet().removeIf(name -> SECRET.contains(name.toLowerCase(Locale.ROOT)));
    shape.put("url", url);
    return shape;
  }

  /** Fresh properties for a caller's login. */
  Properties of(Credential credential) {
    Properties properties = new Properties();
    given.forEach(
        (name, value) -> {
          if (!isIdentity(name)) {
            properties.put(name, value);
          }
        });
    properties.setProperty(AUTHENTICATOR, authenticator());
    properties.setProperty(TOKEN, credential.token());
    return properties;
  }

  /**
   * Fresh properties for the static login.
   *
   * @throws SQLException with PERCRED-359 if nothing static is configured
   */
  Properties ofStaticLogin() throws SQLException {
    boolean token = given.containsKey(TOKEN);
    boolean other =
        given.containsKey("password")
            || given.keySet().stream()
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("private"));
    if (!token && !other) {
      throw PercredError.of(SnowflakeError.NO_STATIC_LOGIN).toSqlException();
    }
    Properties properties = new Properties();
    properties.putAll(given);
    if (token) {
      properties.setProperty(AUTHENTICATOR, authenticator());
    } else {
      // The authenticator is the callers'; with a password or a key the driver knows its own.
      properties.keySet().removeIf(name -> AUTHENTICATOR.equalsIgnoreCase(String.valueOf(name)));
    }
    return properties;
  }

  private String authenticator() {
    // In lower case the driver logs in twice with an expired token.
    return given.get(AUTHENTICATOR) instanceof String name ? name.toUpperCase(Locale.ROOT) : OAUTH;
  }

  private static boolean isIdentity(String name) {
    return IDENTITY.contains(name.toLowerCase(Locale.ROOT));
  }

  private static void checkCustomizers(Map<String, Object> given) throws SQLException {
    for (String name : given.keySet()) {
      if (name.toLowerCase(Locale.ROOT).contains("customizer")) {
        throw PercredError.of(
                SnowflakeError.REFUSED_PROPERTY,
                name,
                "the driver's HTTP client is one for the whole process and keeps the headers of its"
                    + " first connection for all callers")
            .toSqlException();
      }
    }
  }

  private static void checkAuthenticator(Map<String, Object> given) throws SQLException {
    Object value = given.get(AUTHENTICATOR);
    if (value != null && !OF_TOKENS.contains(String.valueOf(value).toUpperCase(Locale.ROOT))) {
      throw PercredError.of(
              SnowflakeError.AUTHENTICATOR,
              value,
              "a caller's session is opened with the caller's token, and the driver would log in as"
                  + " somebody else")
          .toSqlException();
    }
  }

  /** Shows the URL, no property. */
  @Override
  public String toString() {
    return "LoginProperties[" + url + "]";
  }
}
