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

  /** As nobody: the anonymous role and claims, or every managed setting empty. */
  record Anonymous() implements Resolution {}

  /** With the static login of the URL, every managed setting empty. */
  record Shared() implements Resolution {}

  /** Not at all. */
  record Refused(PercredError error) implements Resolution {}
}
