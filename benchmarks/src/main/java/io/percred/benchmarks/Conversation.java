package io.percred.benchmarks;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.benchmarks.Variant.Technique;
import io.percred.rig.PostgresServer;
import io.percred.rig.ProxiedConnection.Said;
import io.percred.rig.WireProxy;
import io.percred.rig.WireProxy.Side;
import io.percred.spi.Credential;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What a driver said to the server while it ran one-row reads, turn by turn, so that it can be said
 * again without the driver.
 *
 * @param turns what was said, the start-up first, the reads that go on forever last
 */
record Conversation(List<Turn> turns) {
  /** More than pgjdbc waits until it prepares a statement on the server. */
  private static final int READS = 16;

  /** What is said at once. */
  static final class Turn {
    private final byte[] bytes;
    private final int answers;

    Turn(byte[] bytes, int answers) {
      this.bytes = bytes;
      this.answers = answers;
    }

    /** Messages of the protocol; not to be changed. */
    byte[] bytes() {
      return bytes;
    }

    /** How many ReadyForQuery the server says to it. */
    int answers() {
      return answers;
    }
  }

  /** Records it as the superuser, who needs no password: an authentication cannot be repeated. */
  static Conversation record(Variant variant, PostgresServer server)
      throws IOException, SQLException {
    try (WireProxy proxy = WireProxy.to(server)) {
      Properties login = new Properties();
      login.setProperty("user", server.superuser().user());
      String url = Databases.url(variant, proxy.url(Databases.NAME));
      try (Connection connection = DriverManager.getConnection(url, login)) {
        for (int i = 0; i < READS; i++) {
          boolean other = variant.callers() == Variant.Callers.CHANGING && i % 2 == 1;
          read(connection, variant.technique() == Technique.PERCRED, other ? "bob" : "alice");
        }
        return of(proxy.connections().get(0).recording());
      }
    }
  }

  private static void read(Connection connection, boolean called, String name) throws SQLException {
    if (!called) {
      Workload.READ.run(connection);
      return;
    }
    CallerScope scope = CallerContext.open(Credential.of("token-of-" + name, name));
    try {
      Workload.READ.run(connection);
    } finally {
      scope.close();
    }
  }

  private static Conversation of(List<Said> recording) {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i + 1 < recording.size(); i += 2) {
      Said asked = recording.get(i);
      Said answered = recording.get(i + 1);
      if (asked.by() != Side.CLIENT) {
        throw new IllegalStateException("The server spoke first");
      }
      turns.add(new Turn(asked.bytes(), count(answered.bytes(), 'Z')));
    }
    return new Conversation(turns);
  }

  /** The last two turns, one of each caller if the caller changes. */
  List<Turn> repeated() {
    return turns.subList(turns.size() - 2, turns.size());
  }

  /** What comes before the first of {@link #repeated()}. */
  List<Turn> before() {
    return turns.subList(0, turns.size() - 2);
  }

  private static int count(byte[] bytes, char type) {
    return (int) messages(bytes).stream().filter(message -> message[0] == type).count();
  }

  /** Cuts typed messages apart. */
  static List<byte[]> messages(byte[] bytes) {
    List<byte[]> messages = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      byte[] message = new byte[1 + buffer.getInt(buffer.position() + 1)];
      buffer.get(message);
      messages.add(message);
    }
    return messages;
  }
}
