package io.percred.conformance;

import java.util.NavigableSet;
import java.util.Objects;
import java.util.function.IntUnaryOperator;

/**
 * How a replay cuts the two streams into pieces.
 *
 * @param name for messages
 * @param written the position of the next cut behind a position in what the driver writes
 * @param received the same in what the server sends
 * @param readLength how much the driver asks for at once; 0: single bytes
 * @param waiting what happens at each cut of what the server sends
 */
record WireCuts(
    String name,
    IntUnaryOperator written,
    IntUnaryOperator received,
    int readLength,
    Waiting waiting) {
  /** As much as pgjdbc asks for. */
  static final int DRIVERS_LENGTH = 8192;

  static final IntUnaryOperator NOWHERE = position -> Integer.MAX_VALUE;

  /** What the driver meets while it waits for the next piece. */
  enum Waiting {
    /** It does not wait. */
    NOT,
    /** A time-out before every piece. */
    TIMEOUT,
    /** It asks how much is available before every read, time-outs included. */
    PROBE
  }

  static IntUnaryOperator at(NavigableSet<Integer> cuts) {
    return position -> Objects.requireNonNullElse(cuts.higher(position), Integer.MAX_VALUE);
  }

  static IntUnaryOperator every(int length) {
    return position -> position - position % length + length;
  }

  static WireCuts ofWritten(String name, IntUnaryOperator written) {
    return new WireCuts(name, written, NOWHERE, DRIVERS_LENGTH, Waiting.NOT);
  }

  static WireCuts ofReceived(String name, IntUnaryOperator received, Waiting waiting) {
    return new WireCuts(name, NOWHERE, received, DRIVERS_LENGTH, waiting);
  }

  WireCuts reading(int length) {
    return new WireCuts(name + ", reads of " + length, written, received, length, waiting);
  }

  @Override
  public String toString() {
    return name + ", " + waiting;
  }
}
