package io.percred.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the user of {@link EndToEnd} asked for, in system properties.
 *
 * @param quick whether a minute is to be enough
 * @param run the only run to make, or empty for all
 * @param workloads which to compare
 * @param seed of every order that is drawn
 * @param results the directory that the files are written to
 */
record Options(boolean quick, String run, Set<Workload> workloads, long seed, Path results) {
  private static final String PREFIX = "percred.benchmarks.";

  static Options given() {
    String only = System.getProperty(PREFIX + "workloads", "");
    Set<Workload> workloads =
        only.isBlank()
            ? EnumSet.allOf(Workload.class)
            : Arrays.stream(only.split(",", -1))
                .map(Workload::valueOf)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Workload.class)));
    return new Options(
        Boolean.getBoolean(PREFIX + "quick"),
        System.getProperty(PREFIX + "run", ""),
        workloads,
        Long.getLong(PREFIX + "seed", 20261121),
        Path.of(System.getProperty(PREFIX + "results", "results")));
  }
}
