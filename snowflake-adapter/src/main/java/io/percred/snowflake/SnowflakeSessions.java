package io.percred.snowflake;

import io.percred.session.JdbcProperty;
import io.percred.session.JdbcProperty.NetworkTimeout;
import io.percred.session.PhysicalSession;
import io.percred.session.SessionKey;
import io.percred.session.SessionVendor;
import io.percred.session.SqlEffect;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sessions at Snowflake. Errors are told by their codes, as the driver's classes were renamed. */
final class SnowflakeSessions implements SessionVendor {
  /** Session gone, log in again, session or master token expired, missing or invalid. */
  private static final Set<Integer> GONE = Set.of(390104, 390111, 390112, 390113, 390114, 390115);

  /** Wrong user or password, role missing, object not accessible, JWT or access token invalid. */
  private static final Set<Integer> DENIED = Set.of(390100, 390144, 390189, 390201, 394400);

  private static final int FIRST_OAUTH_ERROR = 390300;
  private static final int LAST_OAUTH_ERROR = 390319;

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
    return PercredError.of(
            isDenied(code) ? SnowflakeError.DENIED : SnowflakeError.UNAVAILABLE,
            key.principal(),
            String.valueOf(cause.getMessage()),
            code)
        .causedBy(cause)
        .toSqlException();
  }

  private static boolean isDenied(int code) {
    return DENIED.contains(code) || (code >= FIRST_OAUTH_ERROR && code <= LAST_OAUTH_ERROR);
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
      try {
        connection.close();
      } catch (SQLException e) {
        if (!isSessionGone(e)) {
          throw e;
        }
      }
    }
  }
}
