package io.percred.conformance;

import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Stands on both sides of a filter and keeps what passes, in the order in which it does. Confined
 * to one unencrypted connection, used by one thread.
 */
final class WireRecorder implements SocketFilter, StreamFilter {
  private static final int NO_FLUSH = -1;

  private final StreamFilter filter;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
  private final List<WireRecording.Turn> turns = new ArrayList<>();
  private int sentAtFlush = NO_FLUSH;
  private boolean reading;

  WireRecorder(SocketFilter filter) {
    this.filter = filter.plain();
  }

  /** Everything up to now. */
  WireRecording recording() {
    endTurn();
    return new WireRecording(
        written.toByteArray(),
        sent.toByteArray(),
        received.toByteArray(),
        delivered.toByteArray(),
        turns);
  }

  @Override
  public StreamFilter plain() {
    return this;
  }

  @Override
  public StreamFilter encrypted() {
    throw new IllegalStateException("The recorded connection is not encrypted");
  }

  @Override
  public OutputStream output(OutputStream raw) throws IOException {
    OutputStream toServer =
        new Copying(raw) {
          @Override
          void copy(byte[] bytes, int offset, int length) {
            sent.write(bytes, offset, length);
          }
        };
    return new Copying(filter.output(toServer)) {
      @Override
      void copy(byte[] bytes, int offset, int length) {
        if (reading || sentAtFlush != NO_FLUSH) {
          endTurn();
        }
        written.write(bytes, offset, length);
      }

      @Override
      public void flush() throws IOException {
        if (reading || sentAtFlush != NO_FLUSH) {
          endTurn();
        }
        super.flush();
        sentAtFlush = sent.size();
      }
    };
  }

  @Override
  public InputStream input(InputStream raw) throws IOException {
    InputStream fromServer = new Keeping(raw, received);
    return new Keeping(filter.input(fromServer), delivered) {
      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        reading = true;
        return super.read(bytes, offset, length);
      }

      @Override
      public int available() throws IOException {
        reading = true;
        return super.available();
      }
    };
  }

  private void endTurn() {
    turns.add(
        new WireRecording.Turn(
            written.size(), sentAtFlush, received.size(), sent.size(), delivered.size()));
    sentAtFlush = NO_FLUSH;
    reading = false;
  }

  /** Shows what is written to the stream behind it. */
  private abstract static class Copying extends FilterOutputStream {
    Copying(OutputStream out) {
      super(out);
    }

    abstract void copy(byte[] bytes, int offset, int length);

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      copy(bytes, offset, length);
      out.write(bytes, offset, length);
    }
  }

  /** Keeps what is read from the stream behind it. */
  private static class Keeping extends FilterInputStream {
    private final ByteArrayOutputStream kept;

    Keeping(InputStream in, ByteArrayOutputStream kept) {
      super(Objects.requireNonNull(in));
      this.kept = kept;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count > 0) {
        kept.write(bytes, offset, count);
      }
      return count;
    }
  }
}
