package io.percred.spi;

/** How a transaction may run. */
public sealed interface Resolution {
  /**
   * With this credential.
   *
   * @param credential present, not expired, verified if a verifier is configured
   * @param caller whose attributes and request belong to the transaction
   * @param service whether this is the service account of {@code CallerContext.service()}
   */
  record Bind(Credential credential, Caller caller, boolean service) implements Resolution {}

  /**
   * As nobody: the anonymous role and claims, or every managed setting empty.
   *
   * @param caller whose attributes and request belong to the transaction, without a credential
   */
  record Anonymous(Caller caller) implements Resolution {
    /** Nobody of whom anything is known. */
    public Anonymous() {
      this(Caller.NONE);
    }
  }

  /** With the static login of the URL, every managed setting empty. */
  record Shared() implements Resolution {}

  /** Not at all. */
  record Refused(PercredError error) implements Resolution {}
}
