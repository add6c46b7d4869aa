package io.percred.benchmarks;

import com.sun.management.ThreadMXBean;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.benchmarks.Variant.Callers;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Memory on the application's side, as differences to pgjdbc alone: bytes that the calling thread
 * allocates for a one-row read in autocommit, which is one binding, and what a connection keeps.
 */
final class Footprint {
  private static final int WARM_UP = 20_000;
  private static final int UNITS = 5_000;
  private static final int CONNECTIONS = 40;
  private static final long SETTLED = 4 * 1024;

  private final PostgresServer server;
  private final int samples;

  Footprint(PostgresServer server, boolean quick) {
    this.server = server;
    this.samples = quick ? 1 : 5;
  }

  /** When an application makes the credential. */
  enum Request {
    /** Once, for many transactions: what is allocated is the binding's. */
    LONG("allocated per binding"),
    /** For each transaction: {@code Credential.of} and the scope are counted, too. */
    SHORT("allocated per binding; credential and scope");

    private final String title;

    Request(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /** Bytes allocated per one-row read. */
  double allocated(Variant variant, Request request) throws SQLException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Connection connection = connect(variant)) {
      read(connection, variant, request, WARM_UP);
      double[] bytes = new double[samples];
      for (int i = 0; i < samples; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        read(connection, variant, request, UNITS);
        bytes[i] = (threads.getCurrentThreadAllocatedBytes() - before) / (double) UNITS;
      }
      return Quartiles.of(bytes).median();
    }
  }

  /**
   * Bytes of heap that a connection keeps which has served callers, garbage collected: the growth
   * by many connections, divided by their number.
   */
  Map<Variant, Double> retained(List<Variant> variants) throws SQLException {
    Map<Variant, double[]> bytes = new LinkedHashMap<>();
    for (int i = 0; i < samples; i++) {
      for (Variant variant : variants) {
        bytes.computeIfAbsent(variant, key -> new double[samples])[i] = retained(variant);
      }
    }
    Map<Variant, Double> medians = new LinkedHashMap<>();
    bytes.forEach((variant, all) -> medians.put(variant, Quartiles.of(all).median()));
    return medians;
  }

  private double retained(Variant variant) throws SQLException {
    List<Connection> connections = new ArrayList<>();
    try {
      connections.add(connect(variant)); // What is shared by all connections is there by now.
      read(connections.get(0), variant, Request.SHORT, 10);
      long before = usedHeap();
      for (int i = 0; i < CONNECTIONS; i++) {
        Connection connection = connect(variant);
        connections.add(connection);
        read(connection, variant, Request.SHORT, 10);
      }
      return (usedHeap() - before) / (double) CONNECTIONS;
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  /** When nothing more is freed: what was closed before is let go of in several steps. */
  private static long usedHeap() {
    long used = Long.MAX_VALUE;
    int unchanged = 0;
    while (unchanged < 3) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      unchanged = now < used - SETTLED ? 0 : unchanged + 1;
      used = Math.min(used, now);
    }
    return used;
  }

  private static void read(Connection connection, Variant variant, Request request, int units)
      throws SQLException {
    if (variant.technique() == Technique.PLAIN) {
      read(connection, units);
    } else if (request == Request.LONG) {
      readAs("alice", connection, units);
    } else {
      for (int i = 0; i < units; i++) {
        boolean other = variant.callers() == Callers.CHANGING && i % 2 == 1;
        readAs(other ? "bob" : "alice", connection, 1);
      }
    }
  }

  private static void readAs(String name, Connection connection, int units) throws SQLException {
    CallerScope scope = CallerContext.open(Credential.of("token-of-" + name, name));
    try {
      read(connection, units);
    } finally {
      scope.close();
    }
  }

  private static void read(Connection connection, int units) throws SQLException {
    for (int i = 0; i < units; i++) {
      Workload.READ.run(connection);
    }
  }

  private Connection connect(Variant variant) throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", PostgresServer.APP.user());
    login.setProperty("password", PostgresServer.APP.password());
    return DriverManager.getConnection(Databases.url(variant, server.url(Databases.NAME)), login);
  }
}
