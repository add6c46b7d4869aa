package io.percred.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a {@link CredentialVerifier} found. */
public sealed interface Verdict {
  /**
   * The credential is good.
   *
   * @param credential the credential with the principal, claims and expiry that were verified
   */
  record Accepted(Credential credential) implements Verdict {}

  /**
   * The credential is bad.
   *
   * @param verifier who says so: an endpoint or the name of the verifier, without secrets
   * @param reason why, in words a person can act on, without secrets
   */
  record Denied(String verifier, String reason) implements Verdict {}

  /**
   * Nobody can tell now.
   *
   * @param endpoint who could not be asked
   * @param reason the last failure, without secrets
   * @param failures how many calls failed in a row, at least 1
   * @param since when the first of them failed
   * @param retryAt when the next attempt will be made, or null if at the next call
   */
  record Unavailable(
      String endpoint, String reason, int failures, Instant since, @Nullable Instant retryAt)
      implements Verdict {}

  /**
   * The verifier cannot work as it is configured.
   *
   * @param error what is wrong and what to do
   */
  record Misconfigured(PercredError error) implements Verdict {}
}
