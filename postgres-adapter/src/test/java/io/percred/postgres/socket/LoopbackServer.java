package io.percred.postgres.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on the loopback interface that treats each connection the same, on its own thread. */
public final class LoopbackServer implements AutoCloseable {
  /** What is done with a connection. */
  @FunctionalInterface
  public interface Conversation {
    /** Talks until the connection is to be closed. */
    void with(Socket client) throws IOException;
  }

  private final ServerSocket server;
  private final List<Socket> clients = new CopyOnWriteArrayList<>();

  /** Starts the server. */
  public LoopbackServer(Conversation conversation) throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(() -> accept(conversation));
  }

  /** The address it listens on. */
  public InetAddress address() {
    return server.getInetAddress();
  }

  /** The port it listens on. */
  public int port() {
    return server.getLocalPort();
  }

  private void accept(Conversation conversation) {
    try {
      while (true) {
        Socket client = server.accept();
        clients.add(client);
        start(() -> talk(conversation, client));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private static void talk(Conversation conversation, Socket client) {
    try (client) {
      conversation.with(client);
    } catch (IOException e) {
      // The client sees its end of it.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket client : clients) {
      client.close();
    }
  }
}
