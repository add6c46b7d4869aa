package io.percred.caller;

import io.percred.spi.Caller;
import org.jspecify.annotations.Nullable;

/**
 * A caller on one thread's stack. Confined to that thread, but for the mark that it has ended,
 * which any thread may set.
 */
public final class OpenCaller {
  private final Caller caller;
  private final boolean service;
  private final boolean carried;
  private final @Nullable OpenCaller outer;
  private final CallerKey key;
  private final long threadId = Thread.currentThread().getId();
  private volatile boolean ended;

  OpenCaller(Caller caller, boolean service, boolean carried, @Nullable OpenCaller outer) {
    this.caller = caller;
    this.service = service;
    this.carried = carried;
    this.outer = outer;
    this.key = service ? CallerKey.SERVICE : CallerKey.of(caller);
  }

  /** The caller; {@link Caller#NONE} for the service account. */
  public Caller caller() {
    return caller;
  }

  /** Whether the application acts as its own service account. */
  public boolean isService() {
    return service;
  }

  /** The key that tells this caller from others; made once. */
  public CallerKey key() {
    return key;
  }

  boolean isCarried() {
    return carried;
  }

  boolean isOfThisThread() {
    return threadId == Thread.currentThread().getId();
  }

  @Nullable OpenCaller outer() {
    return outer;
  }

  void markEnded() {
    ended = true;
  }

  /** This, or what lies beneath the outermost of its stack that has ended. */
  @Nullable OpenCaller innermostOpen() {
    OpenCaller open = this;
    for (OpenCaller each = this; each != null; each = each.outer) {
      if (each.ended) {
        open = each.outer;
      }
    }
    return open;
  }

  @Override
  public String toString() {
    return service ? "service" : caller.toString();
  }
}
