package io.percred.resolution;

import org.jspecify.annotations.Nullable;

/**
 * What somebody else's code threw, without its texts: those of the platform's HTTP client, for one,
 * hold the header value they complain about, so the token. Classes and stack traces remain.
 */
public final class TextlessCause extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int DEPTH = 8;

  private TextlessCause(String className, @Nullable Throwable cause) {
    super(className, cause);
  }

  /** The failure without texts, its causes likewise. */
  public static TextlessCause of(Throwable failure) {
    return of(failure, DEPTH);
  }

  private static TextlessCause of(Throwable failure, int depth) {
    Throwable cause = failure.getCause();
    TextlessCause textless =
        new TextlessCause(
            failure.getClass().getName(),
            cause == null || depth == 0 ? null : of(cause, depth - 1));
    textless.setStackTrace(failure.getStackTrace());
    return textless;
  }
}
