package io.percred.benchmarks;

import io.percred.benchmarks.Footprint.Request;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Network turns, memory and the floors on the wire: printed, and written as CSV. */
final class Details {
  private final PostgresServer server;
  private final Path directory;
  private final PrintStream out;

  Details(PostgresServer server, Path directory, PrintStream out) {
    this.server = server;
    this.directory = directory;
    this.out = out;
  }

  /** Counts network turns. */
  void turns() throws IOException, SQLException {
    List<String> lines = new ArrayList<>(List.of("work,variant,caller,turns,added"));
    out.printf("%nnetwork turns%n");
    for (Map.Entry<String, Map<Variant, Integer>> work :
        new NetworkTurns(server).count().entrySet()) {
      int plain = work.getValue().values().iterator().next();
      out.printf("  %-52s", work.getKey());
      work.getValue()
          .forEach(
              (variant, turns) -> {
                String name = work.getKey().replace(",", ":");
                String title = variant.title() + "," + variant.callers().title();
                lines.add(name + "," + title + "," + turns + "," + (turns - plain));
                out.printf(" %d", turns);
              });
      out.println();
    }
    Files.write(directory.resolve("turns.csv"), lines);
  }

  /** Measures allocation and what a connection keeps. */
  void memory(Options options) throws IOException, SQLException {
    List<String> lines = new ArrayList<>(List.of("what,variant,caller,bytes,more_than_pgjdbc"));
    out.printf("%nbytes, and how many more than pgjdbc alone%n");
    Footprint footprint = new Footprint(server, options.quick());
    List<Variant> variants = new ArrayList<>(List.of(Variant.PLAIN));
    for (Variant variant : Variant.compared()) {
      if (variant.technique() == Technique.PERCRED && variant.residue().equals("clear")) {
        variants.add(variant);
      }
    }
    for (Request request : Request.values()) {
      double plain = footprint.allocated(Variant.PLAIN, request);
      for (Variant variant : variants) {
        boolean pointless =
            request == Request.LONG && variant.callers() == Variant.Callers.CHANGING;
        if (!pointless) {
          line(lines, request.title(), variant, footprint.allocated(variant, request), plain);
        }
      }
    }
    Map<Variant, Double> retained = footprint.retained(variants);
    double plain = retained.values().iterator().next();
    retained.forEach((variant, bytes) -> line(lines, "kept per connection", variant, bytes, plain));
    Files.write(directory.resolve("memory.csv"), lines);
  }

  private void line(List<String> lines, String what, Variant variant, double bytes, double plain) {
    out.printf(Locale.ROOT, "  %-60s %-40s %8.0f %8.0f%n", what, variant, bytes, bytes - plain);
    lines.add(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%.0f,%.0f",
            what,
            variant.title(),
            variant.callers().title(),
            bytes,
            bytes - plain));
  }

  /** Measures what server and kernel alone take. */
  void floors(Options options) throws IOException, SQLException {
    List<String> lines =
        new ArrayList<>(List.of("bytes of,micros_median,ratio_q1,ratio_median,ratio_q3"));
    out.printf("%none-row read, server and kernel alone%n");
    new WireFloors(server, options)
        .measure()
        .forEach(
            (name, floor) -> {
              out.printf(
                  Locale.ROOT,
                  "  %8.1f us  x %.3f (%.3f to %.3f)  %s%n",
                  floor.micros().median(),
                  floor.ratio().median(),
                  floor.ratio().first(),
                  floor.ratio().third(),
                  name);
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "\"%s\",%.1f,%.4f,%.4f,%.4f",
                      name.replace("\"", "\"\""),
                      floor.micros().median(),
                      floor.ratio().first(),
                      floor.ratio().median(),
                      floor.ratio().third()));
            });
    Files.write(directory.resolve("floors.csv"), lines);
  }
}
