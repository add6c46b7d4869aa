package io.percred.benchmarks;

import java.util.Arrays;

/** The middle half of some figures. */
record Quartiles(double first, double median, double third) {
  /** Of figures in any order, at least one; between two of them it is interpolated. */
  static Quartiles of(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  private static double at(double[] sorted, double fraction) {
    double position = fraction * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
