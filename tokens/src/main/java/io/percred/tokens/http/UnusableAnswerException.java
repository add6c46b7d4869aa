package io.percred.tokens.http;

/** An answer arrived and says nothing that can be used: it counts as an outage. */
public final class UnusableAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * An unusable answer.
   *
   * @param reason what is wrong with it, without any of its secrets
   */
  public UnusableAnswerException(String reason) {
    super(reason);
  }

  /** What is wrong with the answer. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
