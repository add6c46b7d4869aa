package io.percred;

import io.percred.caller.CallerStack;
import io.percred.spi.Caller;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Who was calling when {@link CallerContext#capture()} was called: immutable, usable on any thread,
 * any number of times, also after the scope it was taken in has closed.
 */
public final class CallerSnapshot {
  static final CallerSnapshot NOBODY = new CallerSnapshot(Caller.NONE, false);

  private final Caller caller;
  private final boolean service;

  CallerSnapshot(Caller caller, boolean service) {
    this.caller = caller;
    this.service = service;
  }

  /**
   * Opens a scope for this caller on the current thread; for nobody, if nobody was calling: whoever
   * the thread works for does not leak into the task.
   */
  public CallerScope open() {
    return new CallerScope(CallerStack.push(caller, service));
  }

  /** A task that runs on behalf of this caller, on whatever thread it is run. */
  public Runnable wrap(Runnable task) {
    return () -> {
      CallerScope scope = open();
      try {
        task.run();
      } finally {
        scope.close();
      }
    };
  }

  /** A task that runs on behalf of this caller, on whatever thread it is called. */
  public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
    return () -> {
      CallerScope scope = open();
      try {
        return task.call();
      } finally {
        scope.close();
      }
    };
  }

  /** Shows the digest of the credential, no secret. */
  @Override
  public String toString() {
    return "CallerSnapshot[" + (service ? "service" : caller) + "]";
  }
}
