package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a credential that was supplied may be used: its size, its expiry, the verifier. The
 * verifier runs on the calling thread; its own timeouts bound it, and a change of threads per
 * transaction would cost more than a verification from a cache. Immutable.
 */
final class Judgement {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private final int largestToken;
  private final NamedVerifier verifier;
  private final PercredListener listener;
  private final Clock clock;

  Judgement(ResolutionRules rules) {
    this.largestToken = rules.largestToken();
    this.verifier = rules.verifier();
    this.listener = rules.listener();
    this.clock = rules.directory().clock();
  }

  Resolution of(Credential credential, Caller caller, boolean service, Target target) {
    int size = credential.token().length();
    if (size > largestToken) {
      return refused(DriverError.TOKEN_TOO_LARGE, principalOf(credential), size, largestToken);
    }
    if (isExpired(credential)) {
      return expired(credential);
    }
    Verdict verdict;
    try {
      verdict = ask(credential, target);
    } catch (Throwable e) {
      // Whatever it is, the transaction must be refused and the connection stay usable.
      return failed(e.getClass().getName(), e);
    }
    if (verdict instanceof Verdict.Accepted accepted) {
      return accept(
          accepted.credential(),
          credential,
          new Resolution.Bind(accepted.credential(), caller, service));
    }
    return refusal(verdict, credential);
  }

  private Resolution accept(Credential accepted, Credential asked, Resolution.Bind bind) {
    if (!accepted.fingerprint().equals(asked.fingerprint())) {
      return failed("it accepted another token than the one it was asked about", null);
    }
    return isExpired(accepted) ? expired(accepted) : bind;
  }

  private @Nullable Verdict ask(Credential credential, Target target) {
    ActiveCall mark = ActiveCall.enter(verifier.title());
    Instant start = listener == PercredListener.NONE ? null : clock.instant();
    Verdict verdict;
    try {
      verdict = verifier.verifier().verify(credential, target);
    } finally {
      mark.leave();
    }
    if (start != null && verdict != null && !verifier.name().equals("none")) {
      Duration took = Duration.between(start, clock.instant());
      listener.onEvent(
          new PercredEvent.Verified(verifier.name(), credential.digest(), verdict, took));
    }
    return verdict;
  }

  private Resolution refusal(@Nullable Verdict verdict, Credential credential) {
    if (verdict instanceof Verdict.Denied denied) {
      return refused(
          DriverError.DENIED, principalOf(credential), denied.verifier(), denied.reason());
    }
    if (verdict instanceof Verdict.Unavailable down) {
      Instant retryAt = down.retryAt();
      return refused(
          DriverError.UNAVAILABLE,
          down.endpoint(),
          TIME.format(down.since()),
          down.reason(),
          down.failures() == 1 ? "1 failure" : down.failures() + " failures",
          retryAt == null
              ? "the next call tries again"
              : "calls are held back until " + TIME.format(retryAt));
    }
    if (verdict instanceof Verdict.Misconfigured wrong) {
      return new Resolution.Refused(wrong.error());
    }
    return failed("it returned null", null);
  }

  private boolean isExpired(Credential credential) {
    Instant expiry = credential.expiry();
    return expiry != null && !clock.instant().isBefore(expiry);
  }

  private static Resolution expired(Credential credential) {
    Instant expiry = credential.expiry();
    return refused(
        DriverError.TOKEN_EXPIRED,
        principalOf(credential),
        expiry == null ? "an unknown time" : expiry.truncatedTo(ChronoUnit.SECONDS));
  }

  private Resolution failed(String failure, @Nullable Throwable cause) {
    PercredError error = PercredError.of(DriverError.VERIFIER_FAILED, verifier.name(), failure);
    return new Resolution.Refused(cause == null ? error : error.causedBy(TextlessCause.of(cause)));
  }

  private static String principalOf(Credential credential) {
    return credential.hasTrustedPrincipal()
        ? "principal \"" + credential.principal() + '"'
        : "an unverified principal (digest " + credential.digest() + ")";
  }

  private static Resolution refused(ErrorCode code, Object... arguments) {
    return new Resolution.Refused(PercredError.of(code, arguments));
  }
}
