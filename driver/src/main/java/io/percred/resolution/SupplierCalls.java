package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.SupplyException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Calls suppliers: those that only look on the calling thread, those that may block on at most
 * {@value #THREADS} daemon threads of the configuration, under a deadline that counts from the call
 * and so includes waiting for a thread. A call that is given up is interrupted and its answer
 * dropped. Safe for many threads.
 */
final class SupplierCalls implements AutoCloseable {
  static final int THREADS = 32;
  static final int WAITING = 1024;
  private static final long IDLE_SECONDS = 10;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Duration timeout;
  private final PercredListener listener;
  private final Clock clock;
  private final ThreadPoolExecutor executor;

  SupplierCalls(Duration timeout, PercredListener listener, Clock clock) {
    this.timeout = timeout;
    this.listener = listener;
    this.clock = clock;
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            SupplierThread::new);
    executor.allowCoreThreadTimeOut(true);
  }

  /** What the supplier supplies, maybe a blank token; null if it has none. */
  @Nullable Credential call(NamedSupplier supplier, ConnectionSupply context)
      throws SupplyException {
    if (listener == PercredListener.NONE) {
      return dispatch(supplier, context);
    }
    Instant start = clock.instant();
    String principal = null;
    PercredError error = null;
    try {
      Credential credential = dispatch(supplier, context);
      principal = credential == null ? null : credential.principal();
      return credential;
    } catch (SupplyException e) {
      error = e.error();
      throw e;
    } finally {
      Duration took = Duration.between(start, clock.instant());
      listener.onEvent(new PercredEvent.Supplied(supplier.name(), principal, error, took));
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private @Nullable Credential dispatch(NamedSupplier supplier, ConnectionSupply context)
      throws SupplyException {
    boolean here =
        !supplier.supplier().mayBlock() || Thread.currentThread() instanceof SupplierThread;
    return here ? callHere(supplier, context) : callElsewhere(supplier, context);
  }

  /** Calls a supplier on the calling thread; nobody is told. */
  static @Nullable Credential callHere(NamedSupplier supplier, ConnectionSupply context)
      throws SupplyException {
    ActiveCall mark = ActiveCall.enter(supplier.title());
    try {
      return supplier.supplier().supply(context);
    } catch (SupplyException e) {
      throw e;
    } catch (Throwable e) {
      // Whatever it is, the transaction must be refused and the connection stay usable.
      throw failed(supplier, e);
    } finally {
      mark.leave();
    }
  }

  private @Nullable Credential callElsewhere(NamedSupplier supplier, ConnectionSupply context)
      throws SupplyException {
    Instant deadline = context.deadline();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    FutureTask<@Nullable Credential> task =
        new FutureTask<>(
            () -> {
              Thread.currentThread().setContextClassLoader(loader);
              try {
                return callHere(supplier, context);
              } finally {
                Thread.currentThread().setContextClassLoader(null);
              }
            });
    try {
      executor.execute(task);
      long left = Math.max(0, Duration.between(clock.instant(), deadline).toNanos());
      return task.get(left, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw refused(DriverError.SUPPLIERS_BUSY, supplier.name(), busy());
    } catch (TimeoutException e) {
      String busy = busy();
      abandon(task);
      throw refused(DriverError.SUPPLIER_TIMED_OUT, supplier.name(), written(timeout), busy);
    } catch (InterruptedException e) {
      abandon(task);
      Thread.currentThread().interrupt();
      throw refused(DriverError.INTERRUPTED, Thread.currentThread().getName(), supplier.name());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SupplyException supplyFailed) {
        throw supplyFailed;
      }
      throw failed(supplier, e);
    }
  }

  private void abandon(FutureTask<?> task) {
    task.cancel(true);
    executor.remove(task);
  }

  private String busy() {
    int calls = executor.getActiveCount() + executor.getQueue().size();
    return calls == 1 ? "1 call" : calls + " calls";
  }

  private static String written(Duration timeout) {
    return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + "s" : timeout.toMillis() + "ms";
  }

  private static SupplyException failed(NamedSupplier supplier, Throwable failure) {
    return new SupplyException(
        PercredError.of(DriverError.SUPPLIER_FAILED, supplier.name(), failure.getClass().getName())
            .causedBy(TextlessCause.of(failure)));
  }

  private static SupplyException refused(DriverError error, Object... arguments) {
    return new SupplyException(PercredError.of(error, arguments));
  }

  /** A thread on which a supplier may wait; told by its class. */
  private static final class SupplierThread extends Thread {
    SupplierThread(Runnable work) {
      // Without what the thread that happens to start it would hand down: it is one caller's.
      super(null, work, "percred-supplier-" + NUMBER.incrementAndGet(), 0, false);
      setDaemon(true);
      setContextClassLoader(null);
    }
  }
}
