package io.percred.benchmarks;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.benchmarks.Variant.Callers;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import io.percred.rig.WireProxy;
import io.percred.spi.Credential;
import java.io.IOException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * Network turns, counted by a proxy: how often the client begins to speak. Work is done eight times
 * on one connection, so that the first time and the times when everything is prepared are counted.
 */
final class NetworkTurns {
  private static final int TIMES = 8;

  private final PostgresServer server;

  NetworkTurns(PostgresServer server) {
    this.server = server;
  }

  /** Work on a connection in autocommit. */
  @FunctionalInterface
  private interface Job {
    void run(Connection connection) throws SQLException;
  }

  /** The turns of each job in each variant, by the job's name; the last of the eight times. */
  Map<String, Map<Variant, Integer>> count() throws IOException, SQLException {
    Map<String, Job> jobs = new LinkedHashMap<>();
    jobs.put("one-row read in autocommit", Workload.READ::run);
    jobs.put("transaction of two queries", inTransaction(Workload.TRANSACTION));
    jobs.put("batch of 50 inserts in a transaction", inTransaction(Workload.BATCH));
    jobs.put("batch of 50 inserts in autocommit", Workload.BATCH::run);
    jobs.put("CALL", NetworkTurns::call);
    jobs.put("metadata: getTables", NetworkTurns::metadata);

    Map<String, Map<Variant, Integer>> counted = new LinkedHashMap<>();
    for (Variant variant : variants()) {
      entry(counted, "connect").put(variant, connecting(variant));
      for (Map.Entry<String, Job> job : jobs.entrySet()) {
        List<Integer> turns = working(variant, job.getValue());
        entry(counted, job.getKey()).put(variant, turns.get(TIMES - 1));
        entry(counted, job.getKey() + ", first time").put(variant, turns.get(0));
      }
    }
    return counted;
  }

  private static Map<Variant, Integer> entry(
      Map<String, Map<Variant, Integer>> counted, String name) {
    return counted.computeIfAbsent(name, key -> new LinkedHashMap<>());
  }

  private static List<Variant> variants() {
    List<Variant> variants = new ArrayList<>(List.of(Variant.PLAIN));
    for (Variant variant : Variant.compared()) {
      if (variant.technique() == Technique.PERCRED && variant.residue().equals("clear")) {
        variants.add(variant);
      }
    }
    return variants;
  }

  private int connecting(Variant variant) throws IOException, SQLException {
    try (WireProxy proxy = WireProxy.to(server);
        Connection connection = connect(variant, proxy)) {
      int turns = proxy.turns();
      if (connection.isClosed()) {
        throw new IllegalStateException("The connection is closed");
      }
      return turns;
    }
  }

  private List<Integer> working(Variant variant, Job job) throws IOException, SQLException {
    List<Integer> turns = new ArrayList<>();
    try (WireProxy proxy = WireProxy.to(server);
        Connection connection = connect(variant, proxy)) {
      for (int i = 0; i < TIMES; i++) {
        String name = variant.callers() == Callers.CHANGING && i % 2 == 1 ? "bob" : "alice";
        int before = proxy.turns();
        CallerScope scope = CallerContext.open(Credential.of("token-of-" + name, name));
        try {
          job.run(connection);
        } finally {
          scope.close();
        }
        turns.add(proxy.turns() - before);
      }
    }
    return turns;
  }

  private static Connection connect(Variant variant, WireProxy proxy) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", PostgresServer.APP.user());
    login.setProperty("password", PostgresServer.APP.password());
    return DriverManager.getConnection(Databases.url(variant, proxy.url(Databases.NAME)), login);
  }

  private static Job inTransaction(Workload workload) {
    return connection -> {
      connection.setAutoCommit(false);
      workload.run(connection);
      connection.commit();
      connection.setAutoCommit(true);
    };
  }

  private static void call(Connection connection) throws SQLException {
    try (CallableStatement statement = connection.prepareCall("call add_entry(?)")) {
      statement.setString(1, "x");
      statement.execute();
    }
  }

  private static void metadata(Connection connection) throws SQLException {
    try (ResultSet rows = connection.getMetaData().getTables(null, "public", "entry", null)) {
      if (!rows.next()) {
        throw new IllegalStateException("The table is missing");
      }
    }
  }
}
