package io.percred.rig;

import io.percred.rig.WireProxy.Side;

/**
 * Finds where messages of PostgreSQL's protocol 3 end, one byte at a time, on a connection without
 * TLS. The client's start-up packets have no type byte; the server's refusal of an SSLRequest
 * ({@code N}) is one byte.
 */
final class MessageBoundaries {
  private static final int PROTOCOL_MAJOR = 3;

  private final Side side;
  private boolean typed;
  private boolean first = true;
  private int seen;
  private long length;
  private int code;

  MessageBoundaries(Side side) {
    this.side = side;
    this.typed = side == Side.SERVER;
  }

  /** Whether a message ends with this byte. */
  boolean endsWith(byte next) {
    if (side == Side.SERVER && first && next == 'N') {
      first = false;
      return true;
    }
    first = false;
    int position = typed ? seen - 1 : seen;
    seen++;
    if (position >= 0 && position < 4) {
      length = length << 8 | (next & 0xff);
    } else if (!typed && position < 8) {
      code = code << 8 | (next & 0xff);
    }
    long total = typed ? length + 1 : length;
    if (position < 3 || seen < total) {
      return false;
    }
    if (!typed && code >> 16 == PROTOCOL_MAJOR) {
      typed = true;
    }
    seen = 0;
    length = 0;
    code = 0;
    return true;
  }
}
