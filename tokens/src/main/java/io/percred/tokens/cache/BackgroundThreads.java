package io.percred.tokens.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few daemon threads for work that waits for the network, gone when there is none. Work beyond
 * what they and a bounded queue hold is rejected.
 */
public final class BackgroundThreads implements Executor, AutoCloseable {
  private static final int MOST_THREADS = 16;
  private static final int LONGEST_QUEUE = 10_000;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  /**
   * Threads of which none runs yet.
   *
   * @param name what their names begin with
   */
  public BackgroundThreads(String name) {
    AtomicInteger started = new AtomicInteger();
    executor =
        new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(LONGEST_QUEUE),
            work -> {
              Thread thread =
                  new Thread(null, work, name + "-" + started.incrementAndGet(), 0, false);
              thread.setDaemon(true);
              thread.setContextClassLoader(BackgroundThreads.class.getClassLoader());
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable work) {
    executor.execute(work);
  }

  /** Lets run what was taken and takes no more. */
  public void finish() {
    executor.shutdown();
  }

  /** Interrupts what runs and takes no more. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
