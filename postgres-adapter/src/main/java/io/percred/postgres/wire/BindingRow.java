package io.percred.postgres.wire;

import java.util.Arrays;

/**
 * The row with which a binding or a probe is answered, by its columns (PostgreSQL documentation,
 * "Message Formats", DataRow): when the server read its configuration last is the last column of a
 * binding, and the first one of a probe, whose last one is whether the server logs no parameters.
 * Every other column is shorter.
 */
final class BindingRow {
  private static final int FIRST_COLUMN = Frame.HEADER + 2;
  private static final byte TRUE = 't';

  private BindingRow() {}

  /** Tells the choice of delivery what the row says. */
  static void tell(byte[] row, DeliveryChoice delivery) {
    for (int at = FIRST_COLUMN; at < row.length; ) {
      int from = at + Integer.BYTES;
      int end = from + Math.max(0, Frame.int32(row, at));
      if (end - from > 1) {
        byte[] loaded = Arrays.copyOfRange(row, from, end);
        if (at == FIRST_COLUMN) {
          delivery.probed(loaded, row[row.length - 1] == TRUE);
        } else {
          delivery.loaded(loaded);
        }
      }
      at = end;
    }
  }
}
