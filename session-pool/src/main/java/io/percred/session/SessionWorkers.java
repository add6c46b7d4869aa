package io.percred.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that log in and out. Each place in the pool has at most one login or close at a time, so
 * the pool's own bound is that of the threads.
 */
final class SessionWorkers {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final long KEEP_ALIVE_SECONDS = 10;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          KEEP_ALIVE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          SessionWorkers::thread);

  void run(Runnable task) {
    threads.execute(task);
  }

  void runLater(Runnable task, Duration pause) {
    CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, threads)
        .execute(task);
  }

  private static Thread thread(Runnable work) {
    // It outlives the request that makes it and serves others: it inherits nothing of its caller.
    Thread thread = new Thread(null, work, "percred-session-" + NUMBER.incrementAndGet(), 0, false);
    thread.setDaemon(true);
    return thread;
  }
}
