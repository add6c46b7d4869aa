package io.percred.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.benchmarks.Variant.Callers;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * Runs units of work in one {@link Variant}, each on a connection taken from a HikariCP pool of
 * one. Confined to one thread.
 */
final class UnitOfWork implements AutoCloseable {
  private static final String[] NAMES = {"alice", "bob"};

  /** As long as an opaque API token is: 40 characters. */
  private static final String TOKEN = "pat_%s_5f1c8a7e4b2d9063af8e1c7d5b2a4f60";

  private final Variant variant;
  private final HikariDataSource pool;
  private int checkouts;

  private UnitOfWork(Variant variant, HikariDataSource pool) {
    this.variant = variant;
    this.pool = pool;
  }

  /**
   * Opens the pool.
   *
   * @param vendorUrl pgjdbc's URL of the database, without parameters
   */
  static UnitOfWork open(Variant variant, String vendorUrl) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(Databases.url(variant, vendorUrl));
    config.setUsername(PostgresServer.APP.user());
    config.setPassword(PostgresServer.APP.password());
    config.setMaximumPoolSize(1);
    return new UnitOfWork(variant, new HikariDataSource(config));
  }

  /** One unit, as an application writes it. */
  void run(Workload workload) throws SQLException {
    switch (variant.technique()) {
      case PLAIN -> onConnection(workload);
      case PERCRED, CLAIMS, CLAIMS_AND_MORE -> {
        CallerScope scope = CallerContext.open(nextCaller());
        try {
          onConnection(workload);
        } finally {
          scope.close();
        }
      }
      case SET_RESET -> betweenSetAndReset(workload);
      case SET_CONFIG, HIBERNATE -> behindSetConfig(workload);
    }
  }

  /** Whether the database sees the caller: what does not bind is not worth measuring. */
  void check() throws SQLException {
    Technique technique = variant.technique();
    if (!technique.isPercreds()) {
      return;
    }
    String seen =
        technique.bindsClaims()
            ? "current_setting('request.jwt.claims', true)::json ->> 'sub'"
            : "current_setting('app.api_token', true)";
    for (int i = 0; i < NAMES.length; i++) {
      Credential caller = nextCaller();
      CallerScope scope = CallerContext.open(caller);
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select " + seen)) {
        String expected = technique.bindsClaims() ? caller.principal() : caller.token();
        if (!row.next() || !expected.equals(row.getString(1))) {
          throw new IllegalStateException(variant + " does not bind its caller");
        }
      } finally {
        scope.close();
      }
    }
  }

  /** The credential of the next request; each brings its own, as a request does. */
  private Credential nextCaller() {
    String name = nextName();
    Credential credential = Credential.of(TOKEN.formatted(name), name);
    return variant.technique().bindsClaims()
        ? credential.withClaims(
            Map.of("sub", name, "role", Databases.ROLE, "org", "org-of-" + name, "plan", "basic"))
        : credential;
  }

  private String nextName() {
    checkouts++;
    return NAMES[variant.callers() == Callers.CHANGING ? checkouts % NAMES.length : 0];
  }

  private void onConnection(Workload workload) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      onConnection(connection, workload);
    }
  }

  private static void onConnection(Connection connection, Workload workload) throws SQLException {
    if (workload.isTransactional()) {
      connection.setAutoCommit(false);
      workload.run(connection);
      connection.commit();
    } else {
      workload.run(connection);
    }
  }

  private void betweenSetAndReset(Workload workload) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      execute(connection, "set app.api_token = '" + TOKEN.formatted(nextName()) + "'");
      onConnection(connection, workload);
      connection.setAutoCommit(true);
      execute(connection, "reset app.api_token");
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void behindSetConfig(Workload workload) throws SQLException {
    boolean two = variant.technique() == Technique.HIBERNATE;
    String token = TOKEN.formatted(nextName());
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement set =
          connection.prepareStatement(
              "select set_config('app.api_token', ?, true)"
                  + (two ? ", set_config('app.api_token_root', ?, true)" : ""))) {
        set.setString(1, token);
        if (two) {
          set.setString(2, token);
        }
        set.executeQuery().close();
      }
      workload.run(connection);
      connection.commit();
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
