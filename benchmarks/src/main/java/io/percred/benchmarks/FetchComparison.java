package io.percred.benchmarks;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;

/**
 * One large result, fetched through the bare driver and through percred's handle in turns, each
 * first in every other pair. The emulator is a process of its own.
 */
final class FetchComparison {
  private static final int WARM_UP = 3;
  private static final String QUERY =
      "select i, 'customer ' || i, i / 100.0 from range(%d) as t(i)";

  private final int rows;
  private final String query;

  private FetchComparison(int rows) {
    this.rows = rows;
    this.query = QUERY.formatted(rows);
  }

  static void play(int pairs, int rows, PrintStream out) throws Exception {
    FetchComparison comparison = new FetchComparison(rows);
    try (EmulatorProcess emulator = EmulatorProcess.start();
        PercredDataSource source = new PercredDataSource()) {
      String token = emulator.token("alice", "ANALYST_EU");
      source.setUrl(
          emulator.jdbcUrl().replaceFirst("^jdbc:", "jdbc:percred:") + "?account=percred&ssl=off");
      CallerScope request = CallerContext.open(Credential.of(token, "alice"));
      try (Connection alone = DriverManager.getConnection(emulator.jdbcUrl(), bare(token));
          Connection handle = source.getConnection()) {
        comparison.measure(WARM_UP, alone, handle);
        List<Timings> taken = comparison.measure(pairs, alone, handle);
        report(taken.get(0), taken.get(1), rows, out);
      } finally {
        request.close();
      }
    }
  }

  private static Properties bare(String token) {
    Properties properties = new Properties();
    properties.setProperty("account", "percred");
    properties.setProperty("ssl", "off");
    properties.setProperty("disablePlatformDetection", "true");
    properties.setProperty("authenticator", "OAUTH");
    properties.setProperty("token", token);
    return properties;
  }

  private List<Timings> measure(int pairs, Connection alone, Connection handle) throws Exception {
    Timings without = new Timings();
    Timings with = new Timings();
    for (int i = 0; i < pairs; i++) {
      if (i % 2 == 0) {
        without.time(() -> fetch(alone));
        with.time(() -> fetch(handle));
      } else {
        with.time(() -> fetch(handle));
        without.time(() -> fetch(alone));
      }
    }
    return List.of(without, with);
  }

  /** Reads every column of every row, as a program does. */
  private long fetch(Connection connection) throws SQLException {
    long count = 0;
    long sum = 0;
    try (Statement statement = connection.createStatement();
        ResultSet each = statement.executeQuery(query)) {
      while (each.next()) {
        count++;
        sum += each.getLong(1) + each.getString(2).length() + Math.round(each.getDouble(3));
      }
    }
    if (count != rows || sum <= 0) {
      throw new IllegalStateException(count + " rows of " + rows);
    }
    return sum;
  }

  private static void report(Timings without, Timings with, int rows, PrintStream out) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < with.count(); i++) {
      ratios.add(with.millis().get(i) / without.millis().get(i));
    }
    Collections.sort(ratios);
    out.printf(
        "%n%,d rows of 3 columns, %d pairs of fetches%n%n%-36s %12s %12s%n"
            + "%-36s %9.0f ms %9.0f ms%n%-36s %9.0f ms %9.0f ms%n%-36s %12.3f %12.3f%n"
            + "%-36s %12.3f (%.3f to %.3f)%n",
        rows,
        with.count(),
        "medians",
        "elapsed",
        "CPU",
        "the driver alone",
        without.median(),
        without.medianCpu(),
        "through percred",
        with.median(),
        with.medianCpu(),
        "ratio of the medians",
        with.median() / without.median(),
        with.medianCpu() / without.medianCpu(),
        "median of the pairs' ratios",
        ratios.get(ratios.size() / 2),
        ratios.get(0),
        ratios.get(ratios.size() - 1));
  }
}
