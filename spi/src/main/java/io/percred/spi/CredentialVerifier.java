package io.percred.spi;

/** Says whether a credential is good. Called once per transaction, from many threads at once. */
@FunctionalInterface
public interface CredentialVerifier extends AutoCloseable {
  /** Judges a credential; never throws for one that is bad or cannot be judged. */
  Verdict verify(Credential credential, Target target);

  /** Whether {@link #verify} may wait for something outside this process. */
  default boolean mayBlock() {
    return true;
  }

  /** Releases threads and connections, if the verifier has any. */
  @Override
  default void close() {}
}
