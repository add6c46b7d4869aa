package io.percred.tokens.http;

import java.time.Clock;

/** An endpoint gave no usable answer, or is not asked because it recently gave none. */
public final class OutageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Outage outage;

  private OutageException(Outage outage) {
    super(outage.endpoint() + ": " + outage.reason());
    this.outage = outage;
  }

  /**
   * The first failure of something that is not an HTTP endpoint.
   *
   * @param shown what it is, fit to be shown
   * @param reason what went wrong, without secrets
   */
  public static OutageException at(String shown, String reason, Clock clock) {
    return new OutageException(new Outage(shown, reason, 1, clock.instant(), null));
  }

  /** An outage, as an exception of its own: one that was thrown is not thrown by other threads. */
  public static OutageException of(Outage outage) {
    return new OutageException(outage);
  }

  /** Since when, why and until when. */
  public Outage outage() {
    return outage;
  }
}
