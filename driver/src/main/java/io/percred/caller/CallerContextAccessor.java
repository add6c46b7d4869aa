package io.percred.caller;

import io.micrometer.context.ThreadLocalAccessor;
import io.percred.spi.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Lets the caller travel with io.micrometer:context-propagation, so over executors and Reactor.
 * Found by {@link java.util.ServiceLoader} on the class path; without that library there nothing
 * loads this class. Not provided by the module: a JVM does not start with a module that provides
 * what no other module exports, so the library would no longer be optional on the module path.
 */
public final class CallerContextAccessor implements ThreadLocalAccessor<OpenCaller> {
  /** The key of the caller among the other values that travel. */
  public static final String KEY = "io.percred.caller";

  /** For {@link java.util.ServiceLoader}. */
  public CallerContextAccessor() {}

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable OpenCaller getValue() {
    return CallerStack.innermost();
  }

  @Override
  public void setValue(OpenCaller caller) {
    CallerStack.carry(caller.caller(), caller.isService());
  }

  /** Nobody: a task that travels without a caller must not find that of the thread. */
  @Override
  public void setValue() {
    CallerStack.carry(Caller.NONE, false);
  }

  @Override
  public void restore(OpenCaller previous) {
    CallerStack.restore(previous);
  }

  @Override
  public void restore() {
    CallerStack.restore(null);
  }
}
