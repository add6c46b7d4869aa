package io.percred.postgres.wire;

import java.util.Arrays;

/**
 * The row with which a binding or a probe is answered, by its columns (PostgreSQL documentation,
 * "Message Formats", DataRow). A binding's columns are booleans, each of them true unless something
 * is wrong, and behind them, if delivery is chosen automatically, when the server read its
 * configuration last; a probe's are that time and whether the server logs no parameters.
 */
final class BindingRow {
  private static final int FIRST_COLUMN = Frame.HEADER + 2;
  private static final byte TRUE = 't';

  private BindingRow() {}

  /**
   * Tells the choice of delivery what the row says.
   *
   * @return whether nothing is wrong
   */
  static boolean tell(byte[] row, DeliveryChoice delivery) {
    byte[] first = null;
    boolean right = true;
    for (int at = FIRST_COLUMN; at < row.length; ) {
      int from = at + Integer.BYTES;
      int length = Math.max(0, Frame.int32(row, at));
      if (length > 1) {
        byte[] loaded = Arrays.copyOfRange(row, from, from + length);
        if (at == FIRST_COLUMN) {
          first = loaded;
        } else {
          delivery.loaded(loaded);
        }
      } else if (length == 1) {
        right &= row[from] == TRUE;
      }
      at = from + length;
    }
    if (first == null) {
      return right;
    }
    delivery.probed(first, right);
    return true;
  }
}
