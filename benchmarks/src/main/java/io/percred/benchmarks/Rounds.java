package io.percred.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Compares variants in rounds: in each round every variant runs for a short slice, in an order
 * drawn anew, and is compared with pgjdbc's slices of the same round. What disturbs the machine for
 * longer than a round disturbs both sides of a ratio.
 *
 * <p>pgjdbc alone has two slices in each round. Their mean is what the others are divided by, and
 * their own ratio shows how far noise reaches.
 */
final class Rounds {
  private final Plan plan;
  private final Random random;

  /**
   * How long is measured.
   *
   * @param warmUp per variant
   * @param rounds how many
   * @param slice how long each variant runs in a round, and at least one unit
   * @param uncounted units at the start of a slice that do not count: a pool checks a connection
   *     that was idle
   */
  record Plan(Duration warmUp, int rounds, Duration slice, int uncounted) {}

  /**
   * What was seen of one variant.
   *
   * @param micros microseconds per unit of work, one figure per round
   * @param ratio to pgjdbc alone in the same round
   * @param units how many were counted
   */
  record Seen(Quartiles micros, Quartiles ratio, long units) {}

  /** Work before each round that does not count. */
  @FunctionalInterface
  interface Between {
    void run() throws SQLException;
  }

  Rounds(Plan plan, long seed) {
    this.plan = plan;
    this.random = new Random(seed);
  }

  /** Runs all rounds. */
  Map<Variant, Seen> compare(Workload workload, Map<Variant, UnitOfWork> units, Between between)
      throws SQLException {
    Map<Variant, List<Double>> slices = new LinkedHashMap<>();
    Map<Variant, Long> counts = new LinkedHashMap<>();
    units.keySet().forEach(variant -> slices.put(variant, new ArrayList<>()));
    List<Variant> order = new ArrayList<>(units.keySet());
    order.add(Variant.PLAIN);
    warmUp(workload, units, order);
    for (int round = 0; round < plan.rounds(); round++) {
      between.run();
      Collections.shuffle(order, random);
      for (Variant variant : order) {
        Slice slice = slice(workload, unitOf(units, variant));
        unitOf(slices, variant).add(slice.micros());
        counts.merge(variant, slice.units(), Long::sum);
      }
    }
    return compared(slices, counts);
  }

  private void warmUp(Workload workload, Map<Variant, UnitOfWork> units, List<Variant> order)
      throws SQLException {
    int slices = Math.toIntExact(plan.warmUp().dividedBy(plan.slice()));
    for (int i = 0; i < slices; i++) {
      for (Variant variant : order) {
        slice(workload, unitOf(units, variant));
      }
    }
  }

  private record Slice(double micros, long units) {}

  private Slice slice(Workload workload, UnitOfWork unit) throws SQLException {
    boolean isLong = workload == Workload.FETCH;
    for (int i = 0; i < plan.uncounted(); i++) {
      unit.run(isLong ? Workload.READ : workload);
    }
    long begin = System.nanoTime();
    long taken;
    long count = 0;
    do {
      unit.run(workload);
      count++;
      taken = System.nanoTime() - begin;
    } while (taken < plan.slice().toNanos());
    return new Slice(taken / 1000.0 / count, count);
  }

  private static Map<Variant, Seen> compared(
      Map<Variant, List<Double>> slices, Map<Variant, Long> counts) {
    List<Double> plain = unitOf(slices, Variant.PLAIN);
    Map<Variant, Seen> seen = new LinkedHashMap<>();
    slices.forEach(
        (variant, micros) -> {
          boolean isPlain = variant.equals(Variant.PLAIN);
          int rounds = plain.size() / 2;
          double[] ratios = new double[rounds];
          for (int i = 0; i < rounds; i++) {
            double one = plain.get(2 * i);
            double other = plain.get(2 * i + 1);
            ratios[i] = isPlain ? other / one : micros.get(i) / ((one + other) / 2);
          }
          double[] all = micros.stream().mapToDouble(Double::doubleValue).toArray();
          seen.put(
              variant,
              new Seen(Quartiles.of(all), Quartiles.of(ratios), counts.getOrDefault(variant, 0L)));
        });
    return seen;
  }

  private static <T> T unitOf(Map<Variant, T> map, Variant variant) {
    T found = map.get(variant);
    if (found == null) {
      throw new IllegalArgumentException(variant + " is not part of this comparison");
    }
    return found;
  }
}
