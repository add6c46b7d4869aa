package io.percred.tokens.jwt;

import io.percred.tokens.http.OutageException;

/** Where verification keys come from. Thread-safe. */
interface KeySource {
  /**
   * The keys in force. Cheap unless none were read yet.
   *
   * @throws OutageException if there are none and they cannot be had now
   */
  VerificationKeys current() throws OutageException;

  /**
   * The keys in force after a token was not signed by any of {@code seen}: newer ones if there are
   * any and this source was not asked too recently, else {@code seen}.
   *
   * @throws OutageException if it is not known whether there are newer ones
   */
  VerificationKeys newerThan(VerificationKeys seen) throws OutageException;

  /** Keys that never change. */
  record Fixed(VerificationKeys current) implements KeySource {
    @Override
    public VerificationKeys newerThan(VerificationKeys seen) {
      return seen;
    }
  }
}
