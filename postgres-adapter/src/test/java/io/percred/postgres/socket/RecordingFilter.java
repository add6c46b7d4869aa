package io.percred.postgres.socket;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A filter that passes everything on and keeps what passed, per stream and direction. */
public final class RecordingFilter implements SocketFilter {
  private final Recording plain = new Recording();
  private final Recording encrypted = new Recording();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  @Override
  public StreamFilter plain() {
    calls.add("plain");
    return plain;
  }

  @Override
  public StreamFilter encrypted() {
    calls.add("encrypted");
    return encrypted;
  }

  /** Which filters were asked for, in order. */
  public List<String> calls() {
    return calls;
  }

  /** What passed on the network's own stream. */
  public Recording onPlain() {
    return plain;
  }

  /** What passed inside TLS. */
  public Recording onEncrypted() {
    return encrypted;
  }

  /** The bytes of one stream. */
  public static final class Recording implements StreamFilter {
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    /** What came from the server. */
    public byte[] received() {
      return received.toByteArray();
    }

    /** What went to the server. */
    public byte[] sent() {
      return sent.toByteArray();
    }

    String sentText() {
      return sent.toString(StandardCharsets.UTF_8);
    }

    String receivedText() {
      return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public InputStream input(InputStream raw) {
      return new FilterInputStream(raw) {
        @Override
        public int read() throws IOException {
          int read = super.read();
          if (read >= 0) {
            received.write(read);
          }
          return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int read = super.read(bytes, offset, length);
          if (read > 0) {
            received.write(bytes, offset, read);
          }
          return read;
        }
      };
    }

    @Override
    public OutputStream output(OutputStream raw) {
      return new FilterOutputStream(raw) {
        @Override
        public void write(int b) throws IOException {
          sent.write(b);
          out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          sent.write(bytes, offset, length);
          out.write(bytes, offset, length);
        }
      };
    }
  }
}
