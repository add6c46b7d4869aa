package io.percred.session;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** H2 in memory, with a user per caller whose password is the token. */
class H2Vendor implements SessionVendor, AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  final AtomicInteger logins = new AtomicInteger();
  private final String url = "jdbc:h2:mem:percred" + DATABASES.incrementAndGet();
  private final Connection admin;
  private final Map<JdbcProperty, Object> defaults = new HashMap<>();

  H2Vendor(String... users) throws SQLException {
    admin = DriverManager.getConnection(url, "admin", "admin");
    defaults.put(JdbcProperty.AUTO_COMMIT, true);
    defaults.put(JdbcProperty.READ_ONLY, false);
    defaults.put(JdbcProperty.TRANSACTION_ISOLATION, Connection.TRANSACTION_READ_COMMITTED);
    asAdmin("create table note (author varchar default current_user, text varchar)");
    for (String user : users) {
      asAdmin("create user " + user + " password 'token-of-" + user + "' admin");
    }
  }

  Credential credential(String user) {
    return Credential.of("token-of-" + user, user);
  }

  void asAdmin(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  String queryAsAdmin(String sql) throws SQLException {
    try (Statement statement = admin.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Sessions at the database, the administrator's not counted. */
  int live() throws SQLException {
    return Integer.parseInt(queryAsAdmin("select count(*) from information_schema.sessions")) - 1;
  }

  /** Ends every session but the administrator's, as a database does that restarts. */
  void killSessions() throws SQLException {
    queryAsAdmin(
        "select count(abort_session(session_id)) from information_schema.sessions where session_id"
            + " <> session_id()");
  }

  @Override
  public PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException {
    logins.incrementAndGet();
    return PhysicalSession.of(
        credential == null
            ? DriverManager.getConnection(url, "admin", "admin")
            : DriverManager.getConnection(url, key.principal(), credential.token()));
  }

  @Override
  public boolean isSessionGone(SQLException error) {
    return error.getErrorCode() == 90067 || error.getErrorCode() == 90121;
  }

  @Override
  public SqlEffect effectOf(String sql) {
    String text = sql.toLowerCase(Locale.ROOT);
    if (text.startsWith("begin")) {
      return SqlEffect.BEGINS_TRANSACTION;
    }
    if (text.startsWith("commit") || text.equals("rollback")) {
      return SqlEffect.ENDS_TRANSACTION;
    }
    return text.startsWith("set ") ? SqlEffect.CHANGES_SESSION : SqlEffect.NONE;
  }

  @Override
  public boolean onlyReads(String sql) {
    return sql.startsWith("select") && !sql.contains("next value");
  }

  @Override
  public boolean asksMemory(String sql) {
    return sql.contains("current value");
  }

  @Override
  public Map<JdbcProperty, Object> defaults() {
    return defaults;
  }

  @Override
  public void close() throws SQLException {
    admin.close();
  }
}
