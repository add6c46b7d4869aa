package io.percred.conformance;

import java.util.List;

/** What passed a filter in both directions, on both of its sides. Immutable by convention. */
final class WireRecording {
  /** What the driver wrote. */
  final byte[] written;

  /** What of it, and of percred's own, went to the server. */
  final byte[] sent;

  /** What the server sent. */
  final byte[] received;

  /** What of it, and of percred's own, the driver got. */
  final byte[] delivered;

  final List<Turn> turns;

  WireRecording(byte[] written, byte[] sent, byte[] received, byte[] delivered, List<Turn> turns) {
    this.written = written;
    this.sent = sent;
    this.received = received;
    this.delivered = delivered;
    this.turns = List.copyOf(turns);
  }

  /**
   * The driver writes, flushes, and then reads until it writes again. All numbers count bytes from
   * the beginning of the recording.
   *
   * @param written what the driver had written at the end of the turn
   * @param sentAtFlush what had gone to the server when the flush was done; negative: no flush
   * @param received what the server had sent at the end of the turn
   * @param sent what had gone to the server at the end of the turn
   * @param delivered what the driver had got at the end of the turn
   */
  record Turn(int written, int sentAtFlush, int received, int sent, int delivered) {
    boolean isFlushed() {
      return sentAtFlush >= 0;
    }
  }
}
