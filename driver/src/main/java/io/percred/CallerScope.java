package io.percred;

import io.percred.caller.CallerStack;
import io.percred.caller.OpenCaller;

/**
 * A stretch of work on behalf of one caller, ended by {@link #close()}.
 *
 * <p>Closing is safe in every order and place, and errs on the side of fewer callers:
 *
 * <ul>
 *   <li>Closing a scope also ends those that were opened within it and are still open, so a scope
 *       that somebody forgot to close does not outlive the request.
 *   <li>Closing it twice does nothing more.
 *   <li>Closing it on another thread ends it at once on the thread that opened it, and changes
 *       nothing on the thread that closes it.
 * </ul>
 */
public final class CallerScope implements AutoCloseable {
  private final OpenCaller opened;

  CallerScope(OpenCaller opened) {
    this.opened = opened;
  }

  /** Ends the scope; throws nothing. */
  @Override
  public void close() {
    CallerStack.end(opened);
  }

  /** Shows the digest of the credential, no secret. */
  @Override
  public String toString() {
    return "CallerScope[" + opened + "]";
  }
}
