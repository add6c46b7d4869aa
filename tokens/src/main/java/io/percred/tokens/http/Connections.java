package io.percred.tokens.http;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Kept-alive connections, and fresh ones. Load balancers drop idle connections, some of them
 * without a word, and the platform's client, which keeps one for twenty minutes, notices when it
 * has already sent a request. It tells neither whether a connection was used before nor lets one be
 * chosen, but connections belong to a client, and a client is cheap. So no client is used for long,
 * and a request that must have a fresh connection gets a client of its own. Time is that of the
 * machine: sockets know no other. Thread-safe.
 */
final class Connections {
  /** Less than the idle time-outs of load balancers, of which 60 s is a short one. */
  private static final Duration KEPT = Duration.ofSeconds(30);

  /** So that nobody can make this process make clients without end. */
  private static final int MOST_FRESH_IN_A_SECOND = 8;

  private final Duration connectTimeout;
  private final Executor executor = threads();
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private @Nullable Shared shared;
  private long second = Long.MIN_VALUE;
  private int freshInSecond;

  Connections(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  /** A client whose connections are used by many requests. */
  static final class Shared {
    private final HttpClient client;
    private final long createdAt = System.nanoTime();
    private volatile boolean isUsed;

    private Shared(HttpClient client) {
      this.client = client;
    }

    HttpClient client() {
      return client;
    }

    /** Says that an exchange has ended, so that its connection may serve another one. */
    void used() {
      isUsed = true;
    }

    /** Whether a request that is sent now may get a connection that was used before. */
    boolean isUsed() {
      return isUsed;
    }
  }

  /** Connections to be used again. */
  Shared shared() {
    lock.lock();
    try {
      Shared held = shared;
      if (held == null || System.nanoTime() - held.createdAt > KEPT.toNanos()) {
        held = new Shared(client());
        shared = held;
      }
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** A client that has no connection yet, or null if there were too many of them just now. */
  @Nullable HttpClient fresh() {
    lock.lock();
    try {
      long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
      if (now != second) {
        second = now;
        freshInSecond = 0;
      }
      return freshInSecond++ < MOST_FRESH_IN_A_SECOND ? client() : null;
    } finally {
      lock.unlock();
    }
  }

  /** Gives up connections of which one turned out to be dead: the others are as old. */
  void drop(Shared dead) {
    lock.lock();
    try {
      if (shared == dead) {
        shared = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout)
        .executor(executor)
        .build();
  }

  /** Threads for all clients; the platform would give each client its own. */
  private static Executor threads() {
    AtomicInteger started = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        work -> {
          String name = "percred-http-" + started.incrementAndGet();
          Thread thread = new Thread(null, work, name, 0, false);
          thread.setDaemon(true);
          thread.setContextClassLoader(Connections.class.getClassLoader());
          return thread;
        });
  }
}
