package io.percred.caller;

import io.percred.spi.Caller;
import org.jspecify.annotations.Nullable;

/**
 * The callers of the current thread. Never inherited by threads that it starts: a pooled thread
 * would keep the caller of whoever happened to start it. A thread on which no scope is open holds
 * nothing.
 */
public final class CallerStack {
  private static final ThreadLocal<OpenCaller> INNERMOST = new ThreadLocal<>();

  private CallerStack() {}

  /** Puts a caller on top of the current thread's. */
  public static OpenCaller push(Caller caller, boolean service) {
    OpenCaller pushed = new OpenCaller(caller, service, false, innermost());
    INNERMOST.set(pushed);
    return pushed;
  }

  /**
   * Makes {@code caller} the current thread's in place of any other that was carried there before;
   * what the thread itself opened stays underneath.
   */
  public static void carry(Caller caller, boolean service) {
    OpenCaller beneath = innermost();
    while (beneath != null && beneath.isCarried()) {
      beneath = beneath.outer();
    }
    INNERMOST.set(new OpenCaller(caller, service, true, beneath));
  }

  /** Makes {@code earlier}, which was the current thread's innermost caller, that again. */
  public static void restore(@Nullable OpenCaller earlier) {
    if (earlier == null) {
      INNERMOST.remove();
    } else if (earlier.isOfThisThread()) {
      INNERMOST.set(earlier);
    } else {
      carry(earlier.caller(), earlier.isService());
    }
  }

  /** The current thread's innermost caller whose scope is still open, or null. */
  public static @Nullable OpenCaller innermost() {
    OpenCaller top = INNERMOST.get();
    if (top == null) {
      return null;
    }
    OpenCaller open = top.innermostOpen();
    if (open == null) {
      INNERMOST.remove();
    } else if (open != top) {
      INNERMOST.set(open);
    }
    return open;
  }

  /** Ends a caller and whatever was put on top of it, at once and on whatever thread it is. */
  public static void end(OpenCaller caller) {
    caller.markEnded();
    // Called for what it tidies: drops the reference if this is the thread of that caller.
    OpenCaller unused = innermost();
  }
}
