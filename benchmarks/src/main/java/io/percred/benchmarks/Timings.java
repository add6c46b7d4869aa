package io.percred.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Durations of one kind of work. Confined to one thread. */
final class Timings {
  private static final double NANOS_PER_MILLI = 1e6;

  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final List<Long> nanos = new ArrayList<>();
  private final List<Long> cpuNanos = new ArrayList<>();

  /** Does the work and adds how long it took, and how long this JVM kept processors busy. */
  <T> T time(Callable<T> work) throws Exception {
    long cpu = SYSTEM.getProcessCpuTime();
    long begin = System.nanoTime();
    T result = work.call();
    nanos.add(System.nanoTime() - begin);
    cpuNanos.add(SYSTEM.getProcessCpuTime() - cpu);
    return result;
  }

  /** The middle one of the processors' times, in milliseconds. */
  double medianCpu() {
    return quantile(cpuNanos, 0.5);
  }

  int count() {
    return nanos.size();
  }

  /** The middle one, in milliseconds. */
  double median() {
    return quantile(nanos, 0.5);
  }

  /** The duration that this share of all does not exceed, in milliseconds. */
  double quantile(double share) {
    return quantile(nanos, share);
  }

  private static double quantile(List<Long> nanos, double share) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int at = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, at)) / NANOS_PER_MILLI;
  }

  /** Each, in milliseconds, in the order of the work. */
  List<Double> millis() {
    return nanos.stream().map(each -> each / NANOS_PER_MILLI).toList();
  }
}
