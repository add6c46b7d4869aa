package io.percred.postgres.wire;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What the driver writes. Cuts the stream into frames, shows the gate those it decides about, and
 * streams the rest; a frame's bytes may come in any pieces. Confined to one connection, guarded by
 * the driver's lock.
 */
final class FrontendFilter extends OutputStream {
  /** Pieces of at least this size are not copied. */
  private static final int DIRECT = 8 * 1024;

  private enum Phase {
    /** Untyped packets before authentication. */
    STARTUP,
    /** The server was asked for encryption; its answer is one byte. */
    NEGOTIATING,
    /** Authentication: everything passes until the first ReadyForQuery. */
    AUTHENTICATING,
    /** Typed frames. */
    FRAMES,
    /** A CancelRequest, or an answer of percred's own behind which nothing comes. */
    PASSING
  }

  private enum Body {
    STREAM,
    SWALLOW
  }

  private final Wire wire;
  private final OutputStream raw;
  private final FrameBuffer out;
  private final FrameBuffer held = new FrameBuffer();
  private Phase phase = Phase.STARTUP;
  private long remaining;
  private Body body = Body.STREAM;
  private byte type;

  FrontendFilter(Wire wire, OutputStream raw, FrameBuffer out) {
    this.wire = wire;
    this.raw = raw;
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      at +=
          switch (phase) {
            case STARTUP -> startup(bytes, at, end);
            case NEGOTIATING -> throw wire.notFiltered();
            case AUTHENTICATING, PASSING -> stream(bytes, at, end - at);
            case FRAMES -> remaining > 0 ? body(bytes, at, end) : frame(bytes, at, end);
          };
    }
  }

  @Override
  public void flush() throws IOException {
    out.writeTo(raw);
    raw.flush();
  }

  @Override
  public void close() throws IOException {
    raw.close();
  }

  /** The server declined encryption: the driver goes on in the clear with another packet. */
  void encryptionDeclined() {
    phase = Phase.STARTUP;
  }

  /** The first ReadyForQuery came. */
  void authenticated() {
    phase = Phase.FRAMES;
  }

  /** Collects an untyped packet. */
  private int startup(byte[] bytes, int at, int end) throws IOException {
    int taken = collect(bytes, at, end, 2 * Frame.LENGTH_FIELD);
    if (held.size() < 2 * Frame.LENGTH_FIELD) {
      return taken;
    }
    int length = Frame.int32(held.array(), 0);
    int code = Frame.int32(held.array(), Frame.LENGTH_FIELD);
    boolean request = code == Frame.SSL_REQUEST || code == Frame.GSSENC_REQUEST;
    if (code >> 16 != Frame.PROTOCOL_MAJOR && !request && code != Frame.CANCEL_REQUEST) {
      throw wire.notFiltered();
    }
    taken += collect(bytes, at + taken, end, length);
    if (held.size() < length) {
      return taken;
    }
    if (request) {
      phase = Phase.NEGOTIATING;
      wire.negotiating();
    } else if (code == Frame.CANCEL_REQUEST) {
      phase = Phase.PASSING;
    } else if (wire.refusesStartup(held.array(), length)) {
      held.clear();
      phase = Phase.PASSING;
      return taken;
    } else {
      phase = Phase.AUTHENTICATING;
    }
    out.put(held.array(), 0, held.size());
    held.clear();
    return taken;
  }

  private int collect(byte[] bytes, int at, int end, int wanted) {
    int taken = Math.min(end - at, Math.max(0, wanted - held.size()));
    held.put(bytes, at, taken);
    return taken;
  }

  private int stream(byte[] bytes, int at, int length) throws IOException {
    if (length >= DIRECT) {
      out.writeTo(raw);
      raw.write(bytes, at, length);
    } else {
      out.put(bytes, at, length);
      if (out.size() >= 2 * DIRECT) {
        out.writeTo(raw);
      }
    }
    return length;
  }

  /** Goes on with a body whose fate is decided. */
  private int body(byte[] bytes, int at, int end) throws IOException {
    int length = (int) Math.min(end - at, remaining);
    remaining -= length;
    if (body == Body.STREAM) {
      stream(bytes, at, length);
    }
    if (remaining == 0) {
      sent();
    }
    return length;
  }

  /** A frame begins, or goes on whose fate is not decided. */
  private int frame(byte[] bytes, int at, int end) throws IOException {
    if (!held.isEmpty()) {
      return heldFrame(bytes, at, end);
    }
    if (end - at >= Frame.HEADER) {
      int needed = needed(bytes, at, end - at);
      if (needed <= end - at) {
        return decide(bytes, at, needed);
      }
    }
    return collect(bytes, at, end, Frame.HEADER);
  }

  private int heldFrame(byte[] bytes, int at, int end) throws IOException {
    int taken = collect(bytes, at, end, Frame.HEADER);
    while (held.size() >= Frame.HEADER) {
      int needed = needed(held.array(), 0, held.size());
      if (needed <= held.size()) {
        decide(held.array(), 0, needed);
        held.clear();
        return taken;
      }
      int more = collect(bytes, at + taken, end, needed);
      if (more == 0) {
        return taken;
      }
      taken += more;
    }
    return taken;
  }

  /**
   * How many bytes of a frame the gate must see: all of those it reads, at least one more than
   * there are where that is not known yet.
   */
  private static int needed(byte[] bytes, int at, int available) {
    int length = 1 + Frame.int32(bytes, at + 1);
    return switch (bytes[at]) {
      case Frame.PARSE, Frame.QUERY, Frame.EXECUTE, Frame.CLOSE -> length;
      case Frame.BIND -> {
        int portal = Frame.endOfString(bytes, at + Frame.HEADER, at + available);
        int statement = portal < 0 ? -1 : Frame.endOfString(bytes, portal + 1, at + available);
        yield statement < 0 ? Math.min(length, available + 1) : statement + 1 - at;
      }
      default -> Frame.HEADER;
    };
  }

  /** Decides about a frame of which {@code seen} bytes are there; the rest follows as body. */
  private int decide(byte[] bytes, int at, int seen) throws IOException {
    type = bytes[at];
    int length = Frame.int32(bytes, at + 1);
    if (length < Frame.LENGTH_FIELD) {
      throw wire.lost("message '" + (char) type + "' of the driver has length " + length);
    }
    remaining = 1L + length - seen;
    body = wire.admits(type, bytes, at, seen) ? Body.STREAM : Body.SWALLOW;
    if (body == Body.STREAM) {
      stream(bytes, at, seen);
    }
    if (remaining == 0) {
      sent();
    }
    return seen;
  }

  private void sent() {
    if (body == Body.STREAM) {
      wire.sent(type);
    }
  }
}
