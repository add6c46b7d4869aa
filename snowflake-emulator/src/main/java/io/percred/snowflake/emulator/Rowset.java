package io.percred.snowflake.emulator;

import java.util.List;

/**
 * The rows of a result: those that travel in the answer itself, then further parts that the driver
 * fetches on its own.
 */
record Rowset(Part first, List<Part> further) {
  static final Rowset EMPTY = new Rowset(new Part(new byte[0], 0), List.of());

  /** Rows as JSON text: each {@code ["1",null]}, separated by commas, without brackets around. */
  static final class Part {
    private final byte[] json;
    private final int count;

    Part(byte[] json, int count) {
      this.json = json;
      this.count = count;
    }

    /** The text itself, not a copy: it may be large, and is only written. */
    byte[] json() {
      return json;
    }

    int count() {
      return count;
    }
  }

  long total() {
    long total = first.count();
    for (Part part : further) {
      total += part.count();
    }
    return total;
  }
}
