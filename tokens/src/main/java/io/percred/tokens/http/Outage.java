package io.percred.tokens.http;

import io.percred.spi.PercredError;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint gives no usable answer.
 *
 * @param endpoint its address, without secrets
 * @param reason the last failure, without secrets
 * @param failures how many calls failed in a row, at least 1
 * @param since when the first of them failed
 * @param retryAt until when calls are held back, or null if the next one will be made
 */
public record Outage(
    String endpoint, String reason, int failures, Instant since, @Nullable Instant retryAt) {

  /** What a verifier says to it. */
  public Verdict.Unavailable toVerdict() {
    return new Verdict.Unavailable(endpoint, reason, failures, since, retryAt);
  }

  /** What a supplier says to it. */
  public PercredError toError() {
    return PercredError.of(
        TokensError.ENDPOINT_UNAVAILABLE,
        endpoint,
        since.truncatedTo(ChronoUnit.SECONDS),
        reason,
        failures == 1 ? "1 failure" : failures + " failures",
        retryAt == null
            ? ""
            : "; calls are held back until " + retryAt.truncatedTo(ChronoUnit.SECONDS));
  }
}
