package io.percred;

import io.percred.caller.CallerStack;
import io.percred.caller.OpenCaller;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.util.Objects;

/**
 * On whose behalf the current thread works.
 *
 * <pre>{@code
 * try (CallerScope scope = CallerContext.open(Credential.of(token, userId))) {
 *   orders.findAll();
 * }
 * }</pre>
 *
 * <p>A scope belongs to the thread that opened it and is not inherited by threads started within
 * it: {@link #capture()} takes the caller along to another thread. Scopes nest; closing one brings
 * back the caller from before it was opened. A thread on which no scope is open holds no trace of
 * earlier ones.
 */
public final class CallerContext {
  private CallerContext() {}

  /** Works on behalf of whoever the credential stands for until the scope is closed. */
  public static CallerScope open(Credential credential) {
    return open(Caller.of(credential));
  }

  /**
   * Works on behalf of a caller until the scope is closed; with {@link Caller#NONE}, on nobody's,
   * whatever scope is open around it.
   */
  public static CallerScope open(Caller caller) {
    return new CallerScope(CallerStack.push(Objects.requireNonNull(caller, "caller"), false));
  }

  /**
   * Works as the application itself until the scope is closed: start-up, health checks, migrations.
   * Transactions get the credential of {@code percred.service.supplier}; callers opened around this
   * scope do not count within it.
   */
  public static CallerScope service() {
    return new CallerScope(CallerStack.push(Caller.NONE, true));
  }

  /** The caller of the current thread; {@link Caller#NONE} if there is none or in service scope. */
  public static Caller current() {
    OpenCaller innermost = CallerStack.innermost();
    return innermost == null ? Caller.NONE : innermost.caller();
  }

  /** Whether the current thread works as the application itself. */
  public static boolean isService() {
    OpenCaller innermost = CallerStack.innermost();
    return innermost != null && innermost.isService();
  }

  /** The caller of the current thread, nobody included, to be taken along to other threads. */
  public static CallerSnapshot capture() {
    OpenCaller innermost = CallerStack.innermost();
    return innermost == null
        ? CallerSnapshot.NOBODY
        : new CallerSnapshot(innermost.caller(), innermost.isService());
  }
}
