package io.percred.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.snowflake.emulator.Counters;
import io.percred.snowflake.emulator.Endpoint;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.spi.Credential;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Short queries of several callers, each request's with its own login (what gateways do) and with
 * percred's session per caller behind HikariCP. Logins take 300 ms at the emulator, which also
 * counts the requests.
 */
final class LoginComparison {
  private static final Duration LOGIN = Duration.ofMillis(300);
  private static final int CALLERS = 10;
  private static final int LOGINS_PER_CALLER = 5;
  private static final String WHO = "select current_user()";

  /** One of those who ask. */
  private record Asker(String user, String token) {}

  private final SnowflakeEmulator emulator;
  private final List<Asker> askers = new ArrayList<>();
  private final PrintStream out;

  private LoginComparison(SnowflakeEmulator emulator, PrintStream out) {
    this.emulator = emulator;
    this.out = out;
    for (int i = 0; i < CALLERS; i++) {
      String user = "U" + i;
      askers.add(new Asker(user, emulator.tokens().token(user, "R", Duration.ofHours(1))));
    }
  }

  /** Whether every query of a caller who has a session was exactly one request. */
  static boolean play(int queriesPerCaller, PrintStream out) throws Exception {
    try (SnowflakeEmulator emulator = SnowflakeEmulator.builder().start()) {
      LoginComparison comparison = new LoginComparison(emulator, out);
      comparison.alone(1); // loads the driver's classes
      emulator.faults().delay(Endpoint.LOGIN, LOGIN);
      out.printf(
          "%nShort queries of %d callers; a login takes %d ms%n%n" + "%-36s %9s %13s %12s %12s%n",
          CALLERS, LOGIN.toMillis(), "", "queries", "HTTP per query", "median", "95 %");
      Counters before = emulator.counters();
      comparison.report("a login per request", comparison.alone(LOGINS_PER_CALLER), before);
      return comparison.throughPercred(queriesPerCaller);
    }
  }

  private Timings alone(int queriesPerCaller) throws Exception {
    Timings timings = new Timings();
    for (int i = 0; i < queriesPerCaller; i++) {
      for (Asker asker : askers) {
        check(asker, timings.time(() -> loginAndAsk(asker)));
      }
    }
    return timings;
  }

  private String loginAndAsk(Asker asker) throws SQLException {
    try (Connection connection =
        DriverManager.getConnection(emulator.jdbcUrl(), emulator.driverProperties(asker.token()))) {
      return ask(connection);
    }
  }

  private boolean throughPercred(int queriesPerCaller) throws Exception {
    try (PercredDataSource source = new PercredDataSource()) {
      source.setUrl(emulator.percredUrl());
      HikariConfig config = new HikariConfig();
      config.setDataSource(source);
      config.setMaximumPoolSize(2);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        Counters before = emulator.counters();
        report("percred, a caller's first query", shared(pool, 1), before);
        before = emulator.counters();
        Timings warm = shared(pool, queriesPerCaller);
        long requests = report("percred, further queries", warm, before);
        return requests == warm.count();
      }
    }
  }

  private Timings shared(HikariDataSource pool, int queriesPerCaller) throws Exception {
    Timings timings = new Timings();
    for (int i = 0; i < queriesPerCaller; i++) {
      for (Asker asker : askers) {
        CallerScope request = CallerContext.open(Credential.of(asker.token(), asker.user()));
        try {
          check(asker, timings.time(() -> ask(pool)));
        } finally {
          request.close();
        }
      }
    }
    return timings;
  }

  private static String ask(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return ask(connection);
    }
  }

  private static String ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHO)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void check(Asker asker, String seen) {
    if (!asker.user().equals(seen)) {
      throw new IllegalStateException(asker.user() + " was taken for " + seen);
    }
  }

  private long report(String name, Timings timings, Counters before) {
    long requests = emulator.counters().since(before).totalRequests();
    out.printf(
        "%-36s %9d %13.2f %9.1f ms %9.1f ms%n",
        name,
        timings.count(),
        (double) requests / timings.count(),
        timings.median(),
        timings.quantile(0.95));
    return requests;
  }
}
