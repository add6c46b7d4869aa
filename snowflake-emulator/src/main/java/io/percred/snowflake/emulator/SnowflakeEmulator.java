package io.percred.snowflake.emulator;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server that the Snowflake JDBC driver takes for Snowflake, on the loopback interface and an
 * in-memory DuckDB. It judges logins for real, keeps one DuckDB connection per session, counts
 * exactly and fails on request.
 *
 * <p>What a connection needs is in {@link #jdbcUrl()} and {@link #driverProperties()}, or in {@link
 * #percredUrl()}. Thread-safe.
 */
public final class SnowflakeEmulator implements AutoCloseable {
  private static final String ACCOUNT = "percred";

  private final Engine engine;
  private final Accounts accounts;
  private final SessionRegistry sessions;
  private final Policies policies;
  private final Faults faults;
  private final AccessLog accessLog = new AccessLog();
  private final AtomicLong refusedLogins = new AtomicLong();
  private final ExecutorService executor;
  private final HttpFront http;
  private final TokenIssuer tokens;

  /** A session that is open now. */
  public record LiveSession(long id, String user, String role) {}

  SnowflakeEmulator(EmulatorBuilder settings) throws IOException, SQLException {
    this.tokens = settings.localIssuer();
    this.faults = new Faults(settings.seed());
    this.executor = Executors.newCachedThreadPool(threads());
    this.http = new HttpFront(settings.port(), executor, faults); // first, as the port may be taken
    this.engine = new Engine();
    this.policies = new Policies(engine);
    for (String database : settings.databases()) {
      engine.createDatabase(database);
    }
    this.accounts = settings.accounts();
    this.sessions =
        new SessionRegistry(
            settings.clock(), settings.sessionTokenLifetime(), settings.masterTokenLifetime());
    SessionCommands commands = new SessionCommands(engine);
    LoginService logins =
        new LoginService(
            accounts,
            new LoginService.Backend(sessions, engine, commands),
            faults,
            new LoginService.Audit(accessLog, refusedLogins, settings.clock()));
    SampleData sampleData = new SampleData(engine, settings.sampleDataScale());
    QueryService queries =
        new QueryService(
            new StatementRunner(engine, sampleData, commands),
            accessLog,
            settings.clock(),
            executor,
            settings.queryHoldTime());
    http.start(
        new Routes(
            sessions, logins, queries, faults, settings.trustsLocalIssuer() ? tokens : null));
  }

  /** Settings for an emulator, all of them optional. */
  public static EmulatorBuilder builder() {
    return new EmulatorBuilder();
  }

  /** The port it listens on, at 127.0.0.1. */
  public int port() {
    return http.port();
  }

  /** {@code jdbc:snowflake://127.0.0.1:PORT/} */
  public String jdbcUrl() {
    return "jdbc:snowflake://127.0.0.1:" + port() + "/";
  }

  /** The URL for percred, which needs no properties beside it. */
  public String percredUrl() {
    return "jdbc:percred:snowflake://127.0.0.1:" + port() + "/?account=" + ACCOUNT + "&ssl=off";
  }

  /**
   * What the driver must be told to talk to an emulator: no TLS, an account, no look at the cloud's
   * metadata services, and a bound on retried logins. Credentials are the caller's to add.
   */
  public Properties driverProperties() {
    Properties properties = new Properties();
    properties.setProperty("account", ACCOUNT);
    properties.setProperty("ssl", "off");
    properties.setProperty("disablePlatformDetection", "true");
    properties.setProperty("loginTimeout", "10");
    return properties;
  }

  /** {@link #driverProperties()} with {@code authenticator=OAUTH} and this token. */
  public Properties driverProperties(String token) {
    Properties properties = driverProperties();
    properties.setProperty("authenticator", "OAUTH");
    properties.setProperty("token", token);
    return properties;
  }

  /** The emulator's own issuer, which it trusts unless another one was configured. */
  public TokenIssuer tokens() {
    return tokens;
  }

  /** What goes wrong on purpose. */
  public Faults faults() {
    return faults;
  }

  /** Who ran what. */
  public AccessLog accessLog() {
    return accessLog;
  }

  /** The counts at this instant. */
  public Counters counters() {
    SessionRegistry.Count count = sessions.count();
    return new Counters(
        count.opened(),
        count.closed(),
        count.lost(),
        count.live(),
        count.peakLive(),
        refusedLogins.get(),
        http.requests());
  }

  /** The sessions open now. */
  public List<LiveSession> sessions() {
    return sessions.live().stream()
        .map(session -> new LiveSession(session.id, session.user(), session.role()))
        .toList();
  }

  /**
   * Runs DuckDB's SQL with all rights, to create tables and rows before a test. Names have three
   * parts.
   *
   * @throws SQLException if DuckDB refuses it
   */
  public void run(String sql) throws SQLException {
    engine.run(sql);
  }

  /**
   * Lets a session see only rows for which the condition holds, as a row access policy does; it may
   * use CURRENT_USER() and CURRENT_ROLE().
   *
   * @param table {@code DATABASE.SCHEMA.TABLE}, which nobody can write to afterwards
   * @throws SQLException if DuckDB refuses it
   */
  public void rowAccess(String table, String condition) throws SQLException {
    policies.rowAccess(Policies.QualifiedName.of(table), condition);
  }

  /**
   * Shows the value of an expression in place of a column, as a masking policy does.
   *
   * @param table {@code DATABASE.SCHEMA.TABLE}, which nobody can write to afterwards
   * @param expression may use the column, CURRENT_USER() and CURRENT_ROLE()
   * @throws SQLException if DuckDB refuses it
   */
  public void mask(String table, String column, String expression) throws SQLException {
    policies.mask(Policies.QualifiedName.of(table), column, expression);
  }

  /** Refuses this token from now on. Sessions that it has opened go on, as at Snowflake. */
  public void revoke(String token) {
    accounts.revoke(token);
  }

  /** Refuses every login of the user from now on; open sessions go on. */
  public void disableUser(String user) {
    accounts.disable(user);
  }

  /** Takes {@link #disableUser} back. */
  public void enableUser(String user) {
    accounts.enable(user);
  }

  /**
   * Makes a session vanish: its next request is answered 390111.
   *
   * @return whether there was one
   */
  public boolean loseSession(long id) {
    return sessions.lose(session -> session.id == id) > 0;
  }

  /**
   * Makes all sessions of a user vanish.
   *
   * @return how many there were
   */
  public int loseSessionsOf(String user) {
    return sessions.lose(session -> session.user().equals(Identity.upper(user)));
  }

  /** Makes all sessions vanish and returns how many there were. */
  public int loseAllSessions() {
    return sessions.lose(session -> true);
  }

  /** Ends the validity of all session tokens: the driver must renew them (390112). */
  public void expireSessionTokens() {
    sessions.expireTokens(session -> true, false);
  }

  /**
   * Ends the validity of all session and master tokens: sessions are of no use any more (390114).
   */
  public void expireMasterTokens() {
    sessions.expireTokens(session -> true, true);
  }

  /** Stops the server, ends all sessions and frees DuckDB. Harmless when called again. */
  @Override
  public void close() {
    faults.stop();
    http.stop();
    sessions.lose(session -> true);
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Requests of the emulator did not end within 10 s");
      }
      engine.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close", e);
    }
  }

  private static ThreadFactory threads() {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "snowflake-emulator-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
