package io.percred.rig;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A transaction pooler on the loopback interface that is stricter than those one can install: each
 * transaction of a client gets whichever of a few server connections is free. What it demands of
 * its clients is what some pooler demands.
 *
 * <p><b>It tracks prepared statements as PgBouncer does from 1.21</b> (its documentation,
 * "max_prepared_statements": protocol-level named statements are tracked, those of PREPARE, EXECUTE
 * and DEALLOCATE are not, except that DEALLOCATE ALL and DISCARD ALL are noticed; its source,
 * {@code prepare.c}): a name belongs to the client that parsed it, the server knows the statement
 * by another one and gets it parsed where it is missing. A client that parses a name which it has,
 * or binds or describes one which it has not, is dropped. Closing is answered by the pooler.
 *
 * <p>Each {@link Rule} is that of another pooler. Clients log in to the server itself, whose
 * connections are kept afterwards; a cancel request is ignored. COPY works by simple Query.
 * Thread-safe.
 */
public final class StrictPooler implements AutoCloseable {
  /** What a pooler of another kind does beside. */
  public enum Rule {
    /** Leaves FunctionCalls out, and the rest goes on: it knows no such message. */
    LEAVES_CALLS_OUT,
    /** Waits for ever with a FunctionCall and all behind it: it sees no end of a request in it. */
    STICKS_IN_CALLS,
    /** Drops a client whose Query or FunctionCall comes without a Sync behind extended messages. */
    WANTS_SYNC,
    /** Sends a Sync of its own in front of each Parse outside of a block, as pgpool-II does. */
    TEARS_GROUPS
  }

  private static final int SERVER_CONNECTIONS = 2;

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final Set<Rule> rules;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Map<String, BlockingQueue<PoolerServer>> pools = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> sizes = new ConcurrentHashMap<>();
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final List<String> dropped = new CopyOnWriteArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "percred-strict-pooler");
            thread.setDaemon(true);
            return thread;
          });

  private StrictPooler(PostgresServer server, Set<Rule> rules) throws IOException {
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = new InetSocketAddress(server.host(), server.port());
    this.rules = rules;
    threads.execute(this::accept);
  }

  /** Starts one that keeps two connections per login and database. */
  public static StrictPooler to(PostgresServer server, Rule... rules) throws IOException {
    return new StrictPooler(server, Set.of(rules));
  }

  /** The URL of a database behind this pooler, without parameters. */
  public String url(String database) {
    return "jdbc:postgresql://localhost:" + listener.getLocalPort() + "/" + database;
  }

  /** Why clients were dropped, in order. */
  public List<String> dropped() {
    return List.copyOf(dropped);
  }

  boolean has(Rule rule) {
    return rules.contains(rule);
  }

  void drops(String reason) {
    dropped.add(reason);
  }

  void run(Runnable work) {
    threads.execute(work);
  }

  /** A connection to the server, not yet logged in. */
  Socket connect() throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.connect(target);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** The name that every server knows a statement by. */
  String nameOf(String textAndTypes) {
    return names.computeIfAbsent(textAndTypes, text -> "pooler_" + names.size());
  }

  /** A client logged in over this connection: whether it is kept. */
  boolean donate(String login, PoolerServer server) {
    boolean kept = size(login).incrementAndGet() <= SERVER_CONNECTIONS;
    if (kept) {
      giveBack(login, server);
    }
    return kept;
  }

  void giveBack(String login, PoolerServer server) {
    pool(login).add(server);
  }

  /** A connection that was kept is lost. */
  void lost(String login) {
    size(login).decrementAndGet();
  }

  PoolerServer take(String login) throws InterruptedException {
    PoolerServer next = pool(login).take();
    while (!next.isOpen()) {
      next = pool(login).take();
    }
    return next;
  }

  private AtomicInteger size(String login) {
    return sizes.computeIfAbsent(login, any -> new AtomicInteger());
  }

  private BlockingQueue<PoolerServer> pool(String login) {
    return pools.computeIfAbsent(login, any -> new LinkedBlockingQueue<>());
  }

  private void accept() {
    try {
      while (!listener.isClosed()) {
        Socket socket = listener.accept();
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        threads.execute(new PoolerClient(this, socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // Nobody is left to tell.
      }
    }
    threads.shutdownNow();
  }
}
