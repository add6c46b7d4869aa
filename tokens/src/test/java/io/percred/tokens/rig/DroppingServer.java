package io.percred.tokens.rig;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers every request with the same body and keeps the connection, until it is told to drop those
 * that it has: the next request on one of them ends it without an answer, as behind a load balancer
 * that has forgotten it.
 */
public final class DroppingServer implements AutoCloseable {
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final String body;
  private volatile boolean dropsEverySecond;
  private volatile boolean resets;
  private volatile boolean closesAfterHeaders;

  public DroppingServer(String body) {
    this.body = body.replace('\'', '"');
    try {
      server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  /** Forgets the connections that there are, with an end of stream or a reset. */
  public void drop(boolean withReset) {
    resets = withReset;
    forgotten.addAll(open);
  }

  /** Takes one request on each connection and no second one. */
  public void dropEverySecondRequest() {
    dropsEverySecond = true;
  }

  /** Begins to answer and breaks off, on the connections that there are. */
  public void breakOff() {
    closesAfterHeaders = true;
    drop(false);
  }

  /** The bodies of the requests that arrived, answered or not. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** How many connections are open. */
  public int connections() {
    return open.size();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int served = 0; read(in); served++) {
        if (forgotten.contains(socket) || (dropsEverySecond && served > 0)) {
          if (closesAfterHeaders) {
            write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{");
          }
          socket.setSoLinger(resets, 0);
          return;
        }
        write(
            socket,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
      }
    } catch (IOException e) {
      // The other side is gone.
    } finally {
      open.remove(socket);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Reads one request; false at the end of the connection. */
  private boolean read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int octet = in.read();
      if (octet < 0) {
        return false;
      }
      head.append((char) octet);
    }
    int length = 0;
    for (String line : head.toString().lines().toList()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
      }
    }
    requests.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
    return true;
  }
}
