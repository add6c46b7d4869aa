package io.percred.snowflake;

import io.percred.session.JdbcProperty;
import io.percred.session.JdbcProperty.NetworkTimeout;
import io.percred.session.PhysicalSession;
import io.percred.session.SessionKey;
import io.percred.session.SessionVendor;
import io.percred.session.SqlEffect;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sessions at Snowflake. Errors are told by their codes, as the driver's classes were renamed. */
final class SnowflakeSessions implements SessionVendor {
  /** Session gone, log in again, session or master token expired, missing or invalid. */
  private static final Set<Integer> GONE = Set.of(390104, 390111, 390112, 390113, 390114, 390115);

  /** Codes of Snowflake's own answers to a login are six digits that begin so. */
  private static final int LOGIN_CODES = 39;

  private static final int LAST_FOUR_DIGITS = 10_000;

  /** Account, role, database, schema or warehouse of the URL: not known, or not the caller's. */
  private static final Set<Integer> MISCONFIGURED = Set.of(390186, 390189, 390201);

  private static final Duration TRUSTED = Duration.ofMinutes(1);
  private static final int SECONDS_TO_ANSWER = 5;

  /** What Snowflake answers from the session's memory. */
  private static final Pattern ASKING =
      Pattern.compile("\\blast_(query_id|transaction)\\s*\\(", Pattern.CASE_INSENSITIVE);

  /** Of Snowflake's own interfaces, in all versions: what only tells, or sets for one statement. */
  private static final Set<String> HARMLESS =
      Set.of(
          "getQueryID",
          "getBatchQueryIDs",
          "setParameter",
          "setBatchID",
          "setBigInteger",
          "setMap",
          "getResultSetSerializables",
          "getArray",
          "getList",
          "getMap");

  /** What the driver knows by itself or ignores, so that nothing is sent to find out. */
  private static final Map<JdbcProperty, Object> DEFAULTS =
      Map.of(
          JdbcProperty.READ_ONLY,
          false,
          JdbcProperty.TRANSACTION_ISOLATION,
          Connection.TRANSACTION_READ_COMMITTED,
          JdbcProperty.HOLDABILITY,
          ResultSet.CLOSE_CURSORS_AT_COMMIT,
          JdbcProperty.TYPE_MAP,
          Map.of(),
          JdbcProperty.NETWORK_TIMEOUT,
          new NetworkTimeout(0, Runnable::run),
          JdbcProperty.CLIENT_INFO,
          new Properties());

  private final Driver driver;
  private final LoginProperties login;
  private final UserCheck check;

  SnowflakeSessions(Driver driver, LoginProperties login, UserCheck check) {
    this.driver = driver;
    this.login = login;
    this.check = check;
  }

  @Override
  public PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException {
    if (credential != null) {
      check.requireName(credential);
    }
    try {
      Connection connection = logIn(credential);
      if (credential != null) {
        check.verify(connection, credential);
      }
      return new SnowflakeSession(connection);
    } catch (SQLException e) {
      throw PercredError.stableCodeOf(e) == null ? failure(key, e) : e;
    }
  }

  @Override
  public boolean isSessionGone(SQLException error) {
    return GONE.contains(error.getErrorCode());
  }

  /**
   * Snowflake says of a session that it is gone when it is asked for the result of what it has
   * executed, and when a request is repeated whose answer was lost, in the same words as at once.
   */
  @Override
  public boolean mayHaveWritten(SQLException error) {
    return isSessionGone(error);
  }

  /** A timeout counts as no answer. Renews a session token that has expired. */
  @Override
  public boolean isAlive(PhysicalSession session, Duration timeout) {
    try {
      return session.connection().isValid(Math.toIntExact(Math.max(1, timeout.toSeconds())));
    } catch (SQLException e) {
      return false;
    }
  }

  /** Sessions are kept at the service, which ends them after hours or because somebody says so. */
  @Override
  public Duration trusted() {
    return TRUSTED;
  }

  @Override
  public boolean onlyReads(String sql) {
    return SqlEffects.onlyReads(sql);
  }

  /** The id of the last query, of whatever kind. */
  @Override
  public boolean remembersEverything() {
    return true;
  }

  @Override
  public boolean asksMemory(String sql) {
    int first = sql.indexOf(';');
    Matcher asking = ASKING.matcher(sql);
    return asking.find() && (first < 0 || asking.start() < first) && !sql.contains("->>");
  }

  /** Each statement of a text gives one; the driver shows no more if it cannot fetch the next. */
  @Override
  public int resultsOf(String sql) {
    return SqlEffects.statementsIn(sql);
  }

  @Override
  public boolean isHarmless(Method method) {
    return HARMLESS.contains(method.getName());
  }

  @Override
  public SqlEffect effectOf(String sql) {
    return SqlEffects.of(sql);
  }

  @Override
  public Map<JdbcProperty, Object> defaults() {
    return DEFAULTS;
  }

  /** The driver takes no client info, which tools set all the same and ignore that it fails. */
  @Override
  public boolean knows(JdbcProperty property) {
    return property != JdbcProperty.CLIENT_INFO;
  }

  private Connection logIn(@Nullable Credential credential) throws SQLException {
    Properties properties = credential == null ? login.ofStaticLogin() : login.of(credential);
    Connection connection = driver.connect(login.url(), properties);
    if (connection == null) {
      throw PercredError.of(SnowflakeError.URL, "the driver does not accept it").toSqlException();
    }
    return connection;
  }

  private static SQLException failure(SessionKey key, SQLException cause) {
    int code = cause.getErrorCode();
    return PercredError.of(errorOf(code), key.principal(), String.valueOf(cause.getMessage()), code)
        .causedBy(cause)
        .toSqlException();
  }

  /** Snowflake has answered if it has given one of its codes: then it is no outage. */
  private static SnowflakeError errorOf(int code) {
    if (MISCONFIGURED.contains(code)) {
      return SnowflakeError.NOT_GRANTED;
    }
    return code / LAST_FOUR_DIGITS == LOGIN_CODES
        ? SnowflakeError.DENIED
        : SnowflakeError.UNAVAILABLE;
  }

  /** A session whose close is not a failure if Snowflake has ended it already. */
  private final class SnowflakeSession implements PhysicalSession {
    private final Connection connection;

    SnowflakeSession(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Connection connection() {
      return connection;
    }

    @Override
    public void close() throws SQLException {
      // With an expired session token the driver logs out in vain and says nothing.
      boolean answers = connection.isValid(SECONDS_TO_ANSWER);
      try {
        connection.close();
      } catch (SQLException e) {
        if (!isSessionGone(e)) {
          throw e;
        }
        return;
      }
      if (!answers) {
        throw new SQLException("The session did not answer before its logout", "08006");
      }
    }
  }
}
