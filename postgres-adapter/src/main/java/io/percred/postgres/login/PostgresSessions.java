package io.percred.postgres.login;

import io.percred.postgres.PostgresError;
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
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions at PostgreSQL. Errors are told by their SQLSTATEs (PostgreSQL, appendix A). */
final class PostgresSessions implements SessionVendor {
  /** The server has ended the session and said so: what was sent last did not happen. */
  private static final Set<String> ENDED =
      Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "08003");

  /** Of those, the ones that end a statement that runs, too. */
  private static final Set<String> TERMINATED = Set.of("57P01", "57P02", "57P04");

  /** The connection broke: what was sent last may have happened. */
  private static final Set<String> BROKEN = Set.of("08000", "08001", "08006", "08007");

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSessions.class);

  private final AtomicBoolean warned = new AtomicBoolean();
  private final Driver driver;
  private final LoginProperties login;
  private final LoginRules rules;
  private final Map<JdbcProperty, Object> defaults;

  PostgresSessions(Driver driver, LoginProperties login, LoginRules rules) {
    this.driver = driver;
    this.login = login;
    this.rules = rules;
    // What pgjdbc knows without asking the server.
    this.defaults =
        Map.of(
            JdbcProperty.READ_ONLY,
            login.isReadOnly(),
            JdbcProperty.HOLDABILITY,
            ResultSet.CLOSE_CURSORS_AT_COMMIT,
            JdbcProperty.TYPE_MAP,
            Map.of(),
            JdbcProperty.NETWORK_TIMEOUT,
            new NetworkTimeout(login.socketTimeoutMillis(), Runnable::run));
  }

  @Override
  public PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException {
    Properties properties =
        credential == null ? login.ofStaticLogin() : login.of(userOf(credential), credential);
    Connection connection = logIn(key, properties);
    try {
      connection.setNetworkTimeout(Runnable::run, login.socketTimeoutMillis());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return PhysicalSession.of(connection);
  }

  /** The role that a caller logs in as, which the principal alone does not tell. */
  @Override
  public Object shapeOf(Credential credential) throws SQLException {
    return userOf(credential);
  }

  @Override
  public boolean isSessionGone(SQLException error) {
    return ENDED.contains(stateOf(error)) || BROKEN.contains(stateOf(error));
  }

  /**
   * A statement that was ended has been rolled back, but for what a procedure or a longer text has
   * committed on its way.
   */
  @Override
  public boolean mayHaveRun(SQLException error, SqlEffect effect) {
    return BROKEN.contains(stateOf(error))
        || (effect == SqlEffect.CHANGES_SESSION && TERMINATED.contains(stateOf(error)));
  }

  /** A timeout counts as no answer; pgjdbc has closed the connection then. */
  @Override
  public boolean isAlive(PhysicalSession session, Duration timeout) {
    try {
      return session.connection().isValid(Math.toIntExact(Math.max(1, timeout.toSeconds())));
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public boolean isInTransaction(Connection connection) throws SQLException {
    return connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
  }

  @Override
  public SqlEffect effectOf(String sql) {
    return SqlEffects.of(sql);
  }

  @Override
  public boolean onlyReads(String sql) {
    return SqlMemory.isLeftAloneBy(sql);
  }

  @Override
  public boolean asksMemory(String sql) {
    return SqlMemory.isAskedBy(sql);
  }

  /** What sequences gave out in the session; of other things a session is not reused with. */
  @Override
  public boolean forget(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DISCARD SEQUENCES");
    }
    return true;
  }

  @Override
  public Map<JdbcProperty, Object> defaults() {
    return defaults;
  }

  /** The isolation level may be the role's or the database's own; only the server knows. */
  @Override
  public @Nullable Object presumed(JdbcProperty property) {
    return property == JdbcProperty.TRANSACTION_ISOLATION
        ? Connection.TRANSACTION_READ_COMMITTED
        : null;
  }

  /** One schema is not the search path that the session began with. */
  @Override
  public void restore(Connection connection, JdbcProperty property, Object original)
      throws SQLException {
    if (property == JdbcProperty.SCHEMA) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("RESET search_path");
      }
    } else {
      SessionVendor.super.restore(connection, property, original);
    }
  }

  private String userOf(Credential credential) throws SQLException {
    String claim = rules.userClaim();
    return claim == null
        ? Objects.requireNonNull(login.user(), "user")
        : rules.claimedUser(credential, claim);
  }

  private Connection logIn(SessionKey key, Properties properties) throws SQLException {
    try {
      Connection connection = driver.connect(login.address(), properties);
      if (connection == null) {
        throw PercredError.of(PostgresError.URL, "pgjdbc does not accept it").toSqlException();
      }
      warnOfSuperuser(connection, properties);
      return connection;
    } catch (SQLException e) {
      if (PercredError.stableCodeOf(e) != null) {
        throw e;
      }
      throw PercredError.of(
              isDenied(stateOf(e)) ? PostgresError.LOGIN_DENIED : PostgresError.LOGIN_UNAVAILABLE,
              properties.getProperty("user", ""),
              key.principal(),
              String.valueOf(e.getMessage()),
              stateOf(e))
          .causedBy(e)
          .toSqlException();
    }
  }

  /** The server says so while a role logs in, so nobody is asked. Told once per configuration. */
  private void warnOfSuperuser(Connection connection, Properties properties) throws SQLException {
    String superuser = connection.unwrap(PGConnection.class).getParameterStatus("is_superuser");
    if ("on".equals(superuser) && warned.compareAndSet(false, true)) {
      LOG.warn(
          "{}: role \"{}\", as which a caller logged in, is a superuser: neither policies nor rights"
              + " bind it. Remedy: let callers log in as roles that are not.",
          login.url(),
          properties.getProperty("user", ""));
    }
  }

  /** The credential, or that the role may not connect to this database. */
  private static boolean isDenied(String state) {
    return state.startsWith("28") || state.equals(INSUFFICIENT_PRIVILEGE);
  }

  private static String stateOf(SQLException error) {
    String state = error.getSQLState();
    return state == null ? "" : state;
  }
}
