package io.percred.benchmarks;

import io.percred.benchmarks.Conversation.Turn;
import io.percred.rig.PostgresServer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A session that repeats what was recorded, without a driver. It reads the answers only as far as
 * it takes to count them. Confined to one thread.
 */
final class RawSession implements AutoCloseable {
  private static final int HEADER = 5;

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final List<Turn> repeated;
  private final byte[] buffer = new byte[64 * 1024];
  private final byte[] header = new byte[HEADER];
  private int headerRead;
  private int bodyLeft;
  private int next;

  private RawSession(Socket socket, List<Turn> repeated) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in = socket.getInputStream();
    this.repeated = repeated;
  }

  /**
   * Connects and says what comes first.
   *
   * @param before start-up and what makes the session ready
   * @param repeated what {@link #repeat} says
   */
  static RawSession open(PostgresServer server, List<Turn> before, List<Turn> repeated)
      throws IOException {
    Socket socket = new Socket(server.host(), server.port());
    socket.setTcpNoDelay(true);
    RawSession session = new RawSession(socket, repeated);
    for (Turn turn : before) {
      session.say(turn);
    }
    return session;
  }

  void repeat(int turns) throws IOException {
    for (int i = 0; i < turns; i++) {
      say(repeated.get(next));
      next = (next + 1) % repeated.size();
    }
  }

  private void say(Turn turn) throws IOException {
    out.write(turn.bytes());
    int left = turn.answers();
    while (left > 0) {
      int read = in.read(buffer);
      if (read < 0) {
        throw new EOFException("The server hung up");
      }
      left -= answers(read);
    }
  }

  /** How many ReadyForQuery end in the first bytes of the buffer. */
  private int answers(int length) throws IOException {
    int found = 0;
    int at = 0;
    while (at < length) {
      if (bodyLeft > 0) {
        int passed = Math.min(bodyLeft, length - at);
        bodyLeft -= passed;
        at += passed;
        found += bodyLeft == 0 && header[0] == 'Z' ? 1 : 0;
        continue;
      }
      header[headerRead++] = buffer[at++];
      if (headerRead == HEADER) {
        headerRead = 0;
        if (header[0] == 'E') {
          throw new IOException("The server refused what it accepted before");
        }
        bodyLeft = ByteBuffer.wrap(header, 1, Integer.BYTES).getInt() - Integer.BYTES;
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
