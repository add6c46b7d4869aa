package io.percred.benchmarks;

import io.percred.rig.PostgresServer;
import io.percred.rig.WireProxy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The end-to-end ratios of one run: every workload, on loopback and with a millisecond of delay in
 * between, in all variants.
 */
final class Comparison {
  private static final String LOOPBACK = "loopback";

  /** In each direction: a round trip takes a millisecond longer. */
  private static final Duration ONE_WAY = Duration.ofNanos(500_000);

  private final PostgresServer server;
  private final Results results;
  private final boolean quick;
  private final Set<Workload> workloads;
  private final Random seeds;

  Comparison(PostgresServer server, Results results, Options options) {
    this.server = server;
    this.results = results;
    this.quick = options.quick();
    this.workloads = options.workloads();
    this.seeds = new Random(options.seed());
  }

  void run() throws IOException, SQLException {
    run(LOOPBACK, server.url(Databases.NAME), workloads);
    try (WireProxy proxy = WireProxy.to(server)) {
      proxy.delay(ONE_WAY);
      Set<Workload> brief = EnumSet.copyOf(workloads);
      brief.remove(Workload.FETCH);
      run("1 ms", proxy.url(Databases.NAME), brief);
    }
  }

  private void run(String network, String url, Set<Workload> chosen) throws SQLException {
    Map<Variant, UnitOfWork> units = new LinkedHashMap<>();
    try {
      units.put(Variant.PLAIN, UnitOfWork.open(Variant.PLAIN, url));
      for (Variant variant : Variant.compared()) {
        UnitOfWork unit = UnitOfWork.open(variant, url);
        units.put(variant, unit);
        unit.check();
      }
      for (Workload workload : chosen) {
        run(network, workload, units);
      }
    } finally {
      units.values().forEach(UnitOfWork::close);
    }
  }

  private void run(String network, Workload workload, Map<Variant, UnitOfWork> all)
      throws SQLException {
    Map<Variant, UnitOfWork> units = new LinkedHashMap<>(all);
    if (workload == Workload.FETCH) {
      units.keySet().removeIf(variant -> !variant.isForLongWork());
    }
    Rounds rounds = new Rounds(plan(network, workload), seeds.nextLong());
    try (Connection owner = server.connect(Databases.NAME, PostgresServer.OWNER);
        Statement truncate = owner.createStatement()) {
      Map<Variant, Rounds.Seen> seen =
          rounds.compare(workload, units, () -> truncate.execute("truncate entry"));
      results.add(network, workload, seen);
    }
  }

  /** Many brief slices: what disturbs the machine then disturbs both sides of a ratio. */
  private Rounds.Plan plan(String network, Workload workload) {
    if (workload == Workload.FETCH) {
      return new Rounds.Plan(
          Duration.ofMillis(quick ? 0 : 1), quick ? 1 : 7, Duration.ofMillis(1), 1);
    }
    if (network.equals(LOOPBACK)) {
      Duration warmUp = Duration.ofMillis(quick ? 50 : 200);
      return new Rounds.Plan(warmUp, quick ? 10 : 100, Duration.ofMillis(10), 3);
    }
    return new Rounds.Plan(
        Duration.ofMillis(quick ? 20 : 100), quick ? 3 : 30, Duration.ofMillis(20), 1);
  }
}
