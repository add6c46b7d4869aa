package io.percred.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback interface that sits between a driver and its server, counts network
 * turns, records what was said, delays it and cuts it off.
 *
 * <p>A <em>turn</em> is one change from listening to speaking on the client's side: everything the
 * client sends until the server next answers is one turn, however many packets it takes. What a
 * statement costs over a distance is its turns times the round trip.
 *
 * <p>Delay and cut hold for connections that are opened afterwards. Thread-safe.
 */
public final class WireProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "percred-wire-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final List<ProxiedConnection> connections = new CopyOnWriteArrayList<>();
  private volatile Duration oneWayDelay = Duration.ZERO;
  private volatile @Nullable Cut cut;

  private WireProxy(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * Where a conversation is cut off: both sockets are closed right behind it.
   *
   * @param from whose bytes are counted
   * @param unit what is counted; messages are counted on connections without TLS only, from the
   *     first one on, start-up included
   * @param count how many of them still pass
   */
  public record Cut(Side from, Unit unit, long count) {}

  /** Who speaks. */
  public enum Side {
    CLIENT,
    SERVER
  }

  /** What a {@link Cut} counts. */
  public enum Unit {
    BYTES,
    MESSAGES
  }

  /** Starts a proxy to a server. */
  public static WireProxy to(PostgresServer server) throws IOException {
    return to(server.host(), server.port());
  }

  /** Starts a proxy to a host and port. */
  public static WireProxy to(String host, int port) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    WireProxy proxy = new WireProxy(listener, new InetSocketAddress(host, port));
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  /** The port to connect to, on {@code localhost}. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The URL of a database behind this proxy, without parameters. */
  public String url(String database) {
    return "jdbc:postgresql://localhost:" + port() + "/" + database;
  }

  /** Makes every packet of later connections wait this long, in each direction. */
  public void delay(Duration oneWay) {
    this.oneWayDelay = oneWay;
  }

  /** Cuts later connections there; null no longer does. */
  public void cut(@Nullable Cut where) {
    this.cut = where;
  }

  /** Closes every open connection at once, without a word. */
  public void cutNow() {
    connections.forEach(ProxiedConnection::close);
  }

  /** All connections that were opened through this proxy, in order, closed ones included. */
  public List<ProxiedConnection> connections() {
    return List.copyOf(connections);
  }

  /** The turns on all connections so far. */
  public int turns() {
    return sum(ProxiedConnection::turns);
  }

  private int sum(ToIntFunction<ProxiedConnection> counter) {
    return connections.stream().mapToInt(counter).sum();
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Socket server = new Socket();
        try {
          server.connect(target);
          server.setTcpNoDelay(true);
        } catch (IOException e) {
          client.close();
          server.close();
          continue;
        }
        ProxiedConnection connection = new ProxiedConnection(client, server, oneWayDelay, cut);
        connections.add(connection);
        connection.start(threads);
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    cutNow();
    threads.shutdownNow();
  }
}
