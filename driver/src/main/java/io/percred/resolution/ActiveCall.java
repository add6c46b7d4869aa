package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import org.jspecify.annotations.Nullable;

/**
 * Which supplier or verifier runs on the current thread, so that one that uses a percred connection
 * from inside its own call is refused instead of waiting for itself.
 */
public final class ActiveCall {
  private static final ThreadLocal<@Nullable ActiveCall> ACTIVE = new ThreadLocal<>();

  private final String provider;
  private final @Nullable ActiveCall outer;

  private ActiveCall(String provider, @Nullable ActiveCall outer) {
    this.provider = provider;
    this.outer = outer;
  }

  /** Marks the current thread until {@link #leave()}. */
  static ActiveCall enter(String provider) {
    ActiveCall call = new ActiveCall(provider, ACTIVE.get());
    ACTIVE.set(call);
    return call;
  }

  void leave() {
    // Not remove(): the next transaction of this thread would make the entry anew.
    ACTIVE.set(outer);
  }

  /** PERCRED-105 if a supplier or verifier runs on the current thread, else null. */
  public static @Nullable PercredError reentrance() {
    ActiveCall active = ACTIVE.get();
    return active == null
        ? null
        : PercredError.of(DriverError.REENTRANT, active.provider, Thread.currentThread().getName());
  }
}
