package io.percred.benchmarks;

import java.io.PrintStream;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * percred in front of Snowflake's driver, beside that driver alone, on the emulator: a session per
 * caller against a login per request, and a large result through the handle against the bare
 * result. Arguments: queries per caller (30), pairs of fetches (11), rows of each (1000000); 0
 * leaves a part out.
 */
public final class SnowflakeComparison {
  // Kept, as the JDK forgets the level of a logger that nobody holds.
  private static final Logger ROOT = Logger.getLogger("");

  private SnowflakeComparison() {}

  /** Prints both tables; ends with exit code 1 if a warm query took more than one request. */
  public static void main(String[] arguments) throws Exception {
    ROOT.setLevel(Level.WARNING);
    int queries = argument(arguments, 0, 30);
    int pairs = argument(arguments, 1, 11);
    int rows = argument(arguments, 2, 1_000_000);
    PrintStream out = System.out;
    boolean oneRequest = queries == 0 || LoginComparison.play(queries, out);
    if (pairs > 0) {
      FetchComparison.play(pairs, rows, out);
    }
    System.exit(oneRequest ? 0 : 1);
  }

  private static int argument(String[] arguments, int at, int otherwise) {
    return arguments.length > at ? Integer.parseInt(arguments[at]) : otherwise;
  }
}
