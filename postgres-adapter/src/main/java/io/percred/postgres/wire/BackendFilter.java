package io.percred.postgres.wire;

import java.io.IOException;
import java.io.InputStream;

/**
 * What the driver reads. Cuts the stream into frames and asks the wire about each: most pass in
 * place, in the driver's own array; percred's own are taken out; a few are looked into and so held
 * until they are complete. A time-out in the middle of a frame loses nothing. Confined to one
 * connection, guarded by the driver's lock.
 *
 * <h2>Handed over is wanted</h2>
 *
 * The driver reads into a buffer of its own, and asks for more only if what is there does not hold
 * the whole of what it wants: every frame that it got before is consumed then. So what ends an
 * answer, ReadyForQuery or an error, is never handed over in one read with what stands in front of
 * it, and is not even looked at before the driver asks. Once a ReadyForQuery is counted as read,
 * all of its answer is. That costs no turn: what was read from the server waits here.
 */
final class BackendFilter extends InputStream {
  /** What happens to a frame. */
  enum Fate {
    PASS,
    DROP,
    /** The wire must see all of it. */
    COLLECT
  }

  private static final int CHUNK = 4 * 1024;
  private static final int READY_FOR_QUERY_SIZE = Frame.HEADER + 1;

  private final Wire wire;
  private final InputStream raw;

  /** What goes to the driver next but did not fit in place. */
  private final FrameBuffer ready = new FrameBuffer();

  private int readyAt;

  /** What came from the server and was not looked at yet. */
  private final FrameBuffer rest = new FrameBuffer();

  private int restAt;

  /** Whether the driver only wants to know if there is anything. */
  private boolean probing;

  private final FrameBuffer held = new FrameBuffer();
  private long remaining;
  private Fate fate = Fate.PASS;

  BackendFilter(Wire wire, InputStream raw) {
    this.wire = wire;
    this.raw = raw;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (readyAt < ready.size()) {
        return takeReady(bytes, offset, length);
      }
      if (wire.answerNext() || wire.notifyNext()) {
        continue;
      }
      int count = rest.isEmpty() ? receive(bytes, offset, length) : takeRest(bytes, offset, length);
      if (count < 0) {
        return count;
      }
      int passed = filter(bytes, offset, count);
      if (passed > 0) {
        return passed;
      }
    }
  }

  /** Reads, and says why if percred closed the connection meanwhile. */
  private int receive(byte[] bytes, int offset, int length) throws IOException {
    int count;
    try {
      count = raw.read(bytes, offset, length);
    } catch (IOException e) {
      IOException ended = wire.ended();
      throw ended == null ? e : ended;
    }
    IOException ended = wire.ended();
    if (count < 0 && ended != null) {
      throw ended;
    }
    return count;
  }

  /** How much can be read at once without waiting; what is percred's own does not count. */
  @Override
  public int available() throws IOException {
    if (readyAt < ready.size()) {
      return ready.size() - readyAt;
    }
    wire.probed();
    probing = true;
    try {
      while (readyAt == ready.size()) {
        boolean endFirst = !rest.isEmpty() && isEndWanted(rest.array()[restAt]);
        if (wire.answersNext() || (endFirst && rest.size() - restAt >= READY_FOR_QUERY_SIZE)) {
          return 1;
        }
        if (wire.notifyNext()) {
          break;
        }
        boolean wantsMore = rest.isEmpty() || endFirst;
        if (wantsMore && raw.available() == 0) {
          return 0;
        }
        byte[] chunk = new byte[CHUNK];
        int count = wantsMore ? readWaiting(chunk) : takeRest(chunk, 0, CHUNK);
        if (count < 0) {
          return 0;
        }
        if (endFirst) {
          rest.put(chunk, 0, count);
          continue;
        }
        keep(chunk, filter(chunk, 0, count));
      }
    } finally {
      probing = false;
    }
    return ready.size() - readyAt;
  }

  private int readWaiting(byte[] chunk) throws IOException {
    return raw.read(chunk, 0, Math.min(chunk.length, raw.available()));
  }

  /** Keeps what passed in place for the next read: it stands in front of what did not. */
  private void keep(byte[] chunk, int passed) {
    if (passed > 0) {
      byte[] behind = ready.toByteArray();
      ready.clear();
      ready.put(chunk, 0, passed).put(behind);
    }
  }

  @Override
  public void close() throws IOException {
    raw.close();
  }

  /** Gives the driver frames that the server did not send. */
  void give(byte[] frames) {
    ready.put(frames);
  }

  private int takeReady(byte[] bytes, int offset, int length) {
    int count = Math.min(length, ready.size() - readyAt);
    System.arraycopy(ready.array(), readyAt, bytes, offset, count);
    readyAt += count;
    if (readyAt == ready.size()) {
      ready.clear();
      readyAt = 0;
    }
    return count;
  }

  private int takeRest(byte[] bytes, int offset, int length) {
    int count = Math.min(length, rest.size() - restAt);
    System.arraycopy(rest.array(), restAt, bytes, offset, count);
    restAt += count;
    if (restAt == rest.size()) {
      rest.clear();
      restAt = 0;
    }
    return count;
  }

  /** Gives back what was not looked at: the end of what was taken last. */
  private void giveBack(byte[] bytes, int at, int length) {
    if (restAt > 0) {
      restAt -= length;
    } else {
      rest.put(bytes, at, length);
    }
  }

  /** Whether this begins a frame that the driver gets only by asking for it. */
  private boolean waits(byte type, int passed) {
    if (remaining > 0 || !held.isEmpty() || wire.isNegotiating()) {
      return false;
    }
    if (wire.answersNext()) {
      return true;
    }
    if (probing && isEndWanted(type)) {
      return true;
    }
    return Frame.endsAnswer(type) && (passed > 0 || readyAt < ready.size());
  }

  /** Whether this begins the ReadyForQuery of an answer that the driver waits for. */
  private boolean isEndWanted(byte type) {
    return remaining == 0
        && held.isEmpty()
        && type == Frame.READY_FOR_QUERY
        && wire.deliversReady();
  }

  /**
   * Filters what was read, in place as long as nothing has to be put in.
   *
   * @return how many bytes pass in place; what follows them is in {@link #ready}
   */
  private int filter(byte[] bytes, int offset, int count) throws IOException {
    int at = offset;
    int end = offset + count;
    int passed = offset;
    while (at < end) {
      if (waits(bytes[at], passed - offset)) {
        giveBack(bytes, at, end - at);
        break;
      }
      if (wire.isNegotiating()) {
        wire.negotiated(bytes[at]);
        passed = pass(bytes, at, 1, passed);
        at++;
      } else if (remaining > 0) {
        int length = (int) Math.min(end - at, remaining);
        remaining -= length;
        if (fate == Fate.PASS) {
          passed = pass(bytes, at, length, passed);
        }
        at += length;
      } else if (held.isEmpty() && end - at >= Frame.HEADER) {
        int taken = header(bytes, at);
        if (taken > 0 && fate == Fate.PASS) {
          passed = pass(bytes, at, taken, passed);
        }
        at += taken;
      } else {
        at += hold(bytes, at, end);
      }
    }
    return passed - offset;
  }

  /** Decides about a frame whose header is there; how many bytes of it are done with. */
  private int header(byte[] bytes, int at) throws IOException {
    int length = Frame.int32(bytes, at + 1);
    if (length < Frame.LENGTH_FIELD) {
      throw wire.lost("message '" + (char) bytes[at] + "' of the server has length " + length);
    }
    fate = wire.fateOf(bytes[at]);
    if (fate == Fate.COLLECT) {
      held.put(bytes, at, Frame.HEADER);
    }
    if (fate != Fate.COLLECT) {
      remaining = (long) length - Frame.LENGTH_FIELD;
    }
    return Frame.HEADER;
  }

  /** Goes on with a frame that is held: its header is not complete, or all of it is wanted. */
  private int hold(byte[] bytes, int at, int end) throws IOException {
    int taken = 0;
    if (held.size() < Frame.HEADER) {
      taken = Math.min(end - at, Frame.HEADER - held.size());
      held.put(bytes, at, taken);
      if (held.size() < Frame.HEADER) {
        return taken;
      }
      byte[] header = held.toByteArray();
      held.clear();
      header(header, 0);
      if (fate == Fate.PASS) {
        ready.put(header);
      }
    }
    if (!held.isEmpty()) {
      int wanted = 1 + Frame.int32(held.array(), 1) - held.size();
      int more = Math.min(end - at - taken, wanted);
      held.put(bytes, at + taken, more);
      taken += more;
      if (more == wanted) {
        byte[] frame = held.toByteArray();
        held.clear();
        wire.collected(frame);
      }
    }
    return taken;
  }

  /** Passes bytes: in place if nothing waits in front of them. */
  private int pass(byte[] bytes, int at, int length, int passed) {
    if (readyAt < ready.size()) {
      ready.put(bytes, at, length);
      return passed;
    }
    if (at != passed) {
      System.arraycopy(bytes, at, bytes, passed, length);
    }
    return passed + length;
  }
}
