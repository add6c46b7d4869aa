package io.percred.tokens.http;

/** An answer arrived and says nothing that can be used. */
public final class UnusableAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient CallFailure failure;

  /**
   * An unusable answer.
   *
   * @param reason what is wrong with it, without any of its secrets
   */
  public UnusableAnswerException(String reason) {
    this(CallFailure.unusable(reason));
  }

  UnusableAnswerException(CallFailure failure) {
    super(failure.reason());
    this.failure = failure;
  }

  CallFailure failure() {
    return failure;
  }
}
