package io.percred.conformance;

import static io.percred.conformance.WireCuts.Waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.postgres.socket.StreamFilter;
import io.percred.postgres.wire.FilterHold;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Plays driver and server against a fresh filter, from a recording and in other pieces. What comes
 * out of the filter on either side must be what was recorded: byte for byte, and as early.
 */
final class WireReplay {
  private final WireRecording recording;
  private final WireCuts cuts;
  private final Expected sent;
  private final Expected delivered;
  private final Server server;
  private final OutputStream output;
  private final InputStream input;
  private final byte[] buffer;
  private int written;

  WireReplay(WireRecording recording, WireCuts cuts, StreamFilter filter) throws IOException {
    this.recording = recording;
    this.cuts = cuts;
    this.sent = new Expected("server", recording.sent);
    this.delivered = new Expected("driver", recording.delivered);
    this.delivered.acceptAnyHandle();
    this.server = new Server(recording.received, cuts);
    this.output = filter.output(sent);
    this.input = filter.input(server);
    this.buffer = new byte[Math.max(1, cuts.readLength())];
  }

  /** Replays all of it. */
  void run() {
    for (int i = 0; i < recording.turns.size(); i++) {
      try {
        replay(recording.turns.get(i));
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "%s: turn %d, at byte %d of the driver, %d of the server: %s"
                .formatted(cuts, i, written, server.at, e.getMessage()),
            e);
      }
    }
  }

  private void replay(WireRecording.Turn turn) throws IOException {
    while (written < turn.written()) {
      int end = Math.min(turn.written(), cuts.written().applyAsInt(written));
      if (end - written == 1) {
        output.write(recording.written[written]);
      } else {
        output.write(recording.written, written, end - written);
      }
      written = end;
    }
    if (turn.isFlushed()) {
      output.flush();
      sent.assertAt(turn.sentAtFlush());
    }
    server.until = turn.received();
    readAll();
    delivered.assertAt(turn.delivered());
    if (turn.isFlushed()) {
      sent.assertAt(turn.sent());
    }
  }

  /** Reads until nothing is left, neither on the network nor in the filter. */
  private void readAll() throws IOException {
    while (true) {
      int promised = cuts.waiting() == Waiting.PROBE ? input.available() : 0;
      try {
        readOnce();
      } catch (SocketTimeoutException e) {
        if (promised > 0) {
          throw new AssertionError(promised + " bytes were available, and then none", e);
        }
        if (server.isExhausted()) {
          return;
        }
      }
    }
  }

  private void readOnce() throws IOException {
    if (cuts.readLength() == 0) {
      buffer[0] = (byte) input.read();
      delivered.write(buffer, 0, 1);
    } else {
      delivered.write(buffer, 0, input.read(buffer, 0, buffer.length));
    }
  }

  /** What the server sends, in pieces. */
  private static final class Server extends InputStream {
    // One for all: their stack traces would take most of the time.
    private final SocketTimeoutException nothingYet = new SocketTimeoutException("Nothing yet");

    private final byte[] bytes;
    private final WireCuts cuts;
    private int at;
    private int until;
    private int waitedAt;

    Server(byte[] bytes, WireCuts cuts) {
      this.bytes = bytes;
      this.cuts = cuts;
    }

    boolean isExhausted() {
      return at == until;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("The filter reads arrays");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (isExhausted() || mustWait()) {
        waitedAt = at;
        throw nothingYet;
      }
      int count = Math.min(length, pieceEnd() - at);
      System.arraycopy(bytes, at, target, offset, count);
      at += count;
      return count;
    }

    @Override
    public int available() {
      return mustWait() ? 0 : pieceEnd() - at;
    }

    private int pieceEnd() {
      return Math.min(until, cuts.received().applyAsInt(at));
    }

    private boolean mustWait() {
      return cuts.waiting() != Waiting.NOT
          && waitedAt != at
          && at > 0
          && cuts.received().applyAsInt(at - 1) == at;
    }
  }

  /** Compares what is written with what is expected. */
  private static final class Expected extends OutputStream {
    private final String receiver;
    private final byte[] bytes;
    private int at;
    private int handleAt;
    private int handleEnd;
    private boolean closed;

    Expected(String receiver, byte[] bytes) {
      this.receiver = receiver;
      this.bytes = bytes.clone();
    }

    /** Every filter tells the driver another handle of itself. */
    void acceptAnyHandle() {
      String all = new String(bytes, StandardCharsets.ISO_8859_1);
      String name = FilterHold.PARAMETER + '\0';
      handleAt = all.indexOf(name) + name.length();
      handleEnd = all.indexOf('\0', handleAt);
      assertThat(handleEnd - handleAt).as("digits of the handle").isEqualTo(32);
    }

    void assertAt(int position) {
      if (closed) {
        throw new AssertionError("the filter closed the connection");
      }
      if (at != position) {
        throw new AssertionError(
            "the %s should have got %d bytes by now but got %d".formatted(receiver, position, at));
      }
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      if (length < 0) {
        throw new AssertionError("the " + receiver + " got the end of the stream");
      }
      int from = Math.max(at, handleAt);
      int until = Math.min(at + length, handleEnd);
      if (from < until) {
        System.arraycopy(source, offset + from - at, bytes, from, until - from);
      }
      int differs =
          Arrays.mismatch(
              bytes, at, Math.min(bytes.length, at + length), source, offset, offset + length);
      if (differs >= 0) {
        throw new AssertionError("the %s got another byte at %d".formatted(receiver, at + differs));
      }
      at += length;
    }

    @Override
    public void close() {
      // The filter says why, in the exception that follows.
      closed = true;
    }
  }
}
