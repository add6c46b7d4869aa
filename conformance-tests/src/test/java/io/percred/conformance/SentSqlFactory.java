package io.percred.conformance;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;

/** A user's own {@code socketFactory} that writes down which SQL goes to the server, and where. */
public final class SentSqlFactory extends SocketFactory {
  private static final CopyOnWriteArrayList<Sent> SENT = new CopyOnWriteArrayList<>();

  /** Called by pgjdbc. */
  public SentSqlFactory() {}

  /** A statement and the thread that sent it. */
  record Sent(String sql, Thread thread) {}

  /** What was sent since the last call; percred's own statements are left out. */
  static List<Sent> take() {
    List<Sent> taken = new ArrayList<>(SENT);
    SENT.clear();
    return taken;
  }

  @Override
  public Socket createSocket() {
    return new Listening();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  private static final class Listening extends Socket {
    @Override
    public OutputStream getOutputStream() throws IOException {
      return new Copy(super.getOutputStream());
    }
  }

  private static final class Copy extends FilterOutputStream {
    private final ByteArrayOutputStream unread = new ByteArrayOutputStream();

    Copy(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      unread.write(bytes, offset, length);
      ByteBuffer buffer = ByteBuffer.wrap(unread.toByteArray());
      while (isWhole(buffer)) {
        // Packets before authentication have no type and begin with a zero byte of their length.
        boolean typed = buffer.get(buffer.position()) != 0;
        byte type = typed ? buffer.get() : 0;
        byte[] body = new byte[buffer.getInt() - 4];
        buffer.get(body);
        message(type, body);
      }
      unread.reset();
      unread.write(buffer.array(), buffer.position(), buffer.remaining());
    }

    private static boolean isWhole(ByteBuffer buffer) {
      int at = buffer.position();
      int header = buffer.hasRemaining() && buffer.get(at) == 0 ? 4 : 5;
      return buffer.remaining() >= header
          && buffer.remaining() >= header - 4 + buffer.getInt(at + header - 4);
    }

    private static void message(byte type, byte[] body) {
      if (type == 'P' || type == 'Q') {
        String[] strings = new String(body, StandardCharsets.UTF_8).split("\0", -1);
        String name = type == 'P' ? strings[0] : "";
        String sql = strings[type == 'P' ? 1 : 0];
        if (!name.startsWith("percred:") && Arrays.stream(OWN).noneMatch(sql::contains)) {
          SENT.add(new Sent(sql, Thread.currentThread()));
        }
      }
    }

    private static final String[] OWN = {"percred", "pg_advisory_unlock_all", "set_config"};
  }
}
