package io.percred.benchmarks;

import io.percred.benchmarks.Rounds.Seen;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The ratios of one run: printed as they come, and written as CSV and as pictures. */
final class Results {
  private static final String HEADER =
      "run,network,workload,variant,caller,units,"
          + "micros_q1,micros_median,micros_q3,ratio_q1,ratio_median,ratio_q3";

  private final String run;
  private final PrintStream out;
  private final List<String> lines = new ArrayList<>(List.of(HEADER));
  private final Map<String, Chart> charts = new LinkedHashMap<>();

  Results(String run, PrintStream out) {
    this.run = run;
    this.out = out;
  }

  void add(String network, Workload workload, Map<Variant, Seen> seen) {
    out.printf("%n%s, %s, %s%n", run, network, workload.title());
    seen.forEach((variant, figures) -> add(network, workload, variant, figures));
    charts
        .computeIfAbsent(
            network,
            name -> new Chart("Time of a unit of work, pgjdbc alone = 1; " + run + ", " + name))
        .add(workload, seen);
  }

  private void add(String network, Workload workload, Variant variant, Seen seen) {
    out.printf(
        Locale.ROOT,
        "  %-52s %10.1f us  x %.3f (%.3f to %.3f)%n",
        variant,
        seen.micros().median(),
        seen.ratio().median(),
        seen.ratio().first(),
        seen.ratio().third());
    lines.add(
        String.join(",", run, network, workload.title(), variant.title(), variant.callers().title())
            + ","
            + seen.units()
            + columns("%.1f", seen.micros())
            + columns("%.4f", seen.ratio()));
  }

  private static String columns(String format, Quartiles figures) {
    return String.format(
        Locale.ROOT, ("," + format).repeat(3), figures.first(), figures.median(), figures.third());
  }

  void write(Path directory) throws IOException {
    Files.write(directory.resolve(run + ".csv"), lines);
    for (Map.Entry<String, Chart> chart : charts.entrySet()) {
      String name = run + "-" + chart.getKey().replace(" ", "") + ".svg";
      Files.writeString(directory.resolve(name), chart.getValue().svg());
    }
  }
}
