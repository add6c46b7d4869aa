package io.percred.benchmarks;

import io.percred.rig.PostgresServer;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** What the figures of a run were taken on. */
final class Machine {
  private Machine() {}

  /** Describes it in lines, without anything that tells whose machine it is. */
  static List<String> describe(PostgresServer server, Options options) throws SQLException {
    try (Connection connection = server.connect(Databases.NAME, server.superuser());
        Statement statement = connection.createStatement();
        ResultSet version = statement.executeQuery("show server_version")) {
      version.next();
      return List.of(
          "processors: " + Runtime.getRuntime().availableProcessors(),
          "load average when the run began: "
              + String.format(
                  Locale.ROOT,
                  "%.1f",
                  ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
          "system: " + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          "JDK: " + System.getProperty("java.vm.name") + " " + Runtime.version(),
          "PostgreSQL: " + version.getString(1),
          "pgjdbc: " + connection.getMetaData().getDriverVersion(),
          "seed: " + options.seed(),
          "quick: " + options.quick());
    }
  }
}
