package io.percred.benchmarks;

import io.percred.rig.EmbeddedServer;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Compares percred, and what people do today instead, with pgjdbc alone, from a pool's checkout to
 * the answer of a real server. Two JVMs are started one after the other, each with a server of its
 * own: {@value #UNPINNED}, and {@value #PINNED} to one core together with its server. {@code
 * README.md} in this module says how to run it and how to read the results.
 */
public final class EndToEnd {
  private static final String PINNED = "pinned";
  private static final String UNPINNED = "unpinned";
  private static final String FLOORS = "floors";
  private static final int POSTGRESQL = 17;

  private EndToEnd() {}

  /**
   * Measures.
   *
   * @param arguments none, or the name of the one run that is to be made in this very JVM
   */
  public static void main(String[] arguments)
      throws IOException, SQLException, InterruptedException {
    if (arguments.length > 0) {
      measure(arguments[0]);
      // The server stops when the JVM ends, which exit does not wait for anybody to let it.
      System.exit(0);
    }
    String only = Options.given().run();
    int failed = 0;
    for (String run : only.isEmpty() ? List.of(UNPINNED, PINNED) : List.of(only)) {
      failed |= start(run);
    }
    System.exit(failed);
  }

  /** Starts a JVM as this one was started. */
  private static int start(String run) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    List<String> command = new ArrayList<>();
    if (run.equals(PINNED) || run.equals(FLOORS)) {
      command.addAll(List.of("taskset", "-c", "0"));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms512m", "-Xmx512m"));
    command.addAll(List.of("-classpath", System.getProperty("java.class.path")));
    command.addAll(List.of(EndToEnd.class.getName(), run));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    System.out.printf(
        "%n%s: %d s%n", run, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    return code;
  }

  private static void measure(String run) throws IOException, SQLException {
    Options options = Options.given();
    Path directory = Files.createDirectories(options.results());
    EmbeddedServer server = PostgresServers.embedded(POSTGRESQL);
    Databases.create(server);
    List<String> machine = Machine.describe(server, options);
    machine.forEach(System.out::println);
    Files.write(directory.resolve(run + "-machine.txt"), machine);

    Details details = new Details(server, directory, System.out);
    switch (run) {
      case "turns" -> details.turns();
      case "memory" -> details.memory(options);
      case FLOORS -> details.floors(options);
      case PINNED -> {
        compare(server, run, options);
        details.floors(options);
      }
      case UNPINNED -> {
        compare(server, run, options);
        details.turns();
        details.memory(options);
      }
      default -> throw new IllegalArgumentException("There is no run " + run);
    }
  }

  private static void compare(PostgresServer server, String run, Options options)
      throws IOException, SQLException {
    Results results = new Results(run, System.out);
    new Comparison(server, results, options).run();
    results.write(options.results());
  }
}
