package io.percred.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts bindings, refusals and sessions, and times suppliers and verifiers. Every tag has as many
 * values as the configuration has words for it: databases, stable codes, names of suppliers. Who
 * was calling is no tag, because there may be any number of callers, unless {@link
 * #withPrincipals()} asks for it. Thread-safe.
 */
public final class MicrometerListener implements PercredListener {
  /** The name in {@code percred.listener}. */
  public static final String NAME = "micrometer";

  private final MeterRegistry registry;
  private final boolean tagsPrincipals;

  /** Meters in the global registry; called by the service loader. */
  public MicrometerListener() {
    this(Metrics.globalRegistry);
  }

  /** Meters in that registry. */
  public MicrometerListener(MeterRegistry registry) {
    this(registry, false);
  }

  private MicrometerListener(MeterRegistry registry, boolean tagsPrincipals) {
    this.registry = Objects.requireNonNull(registry, "registry");
    this.tagsPrincipals = tagsPrincipals;
  }

  /**
   * The same meters, with the principal as a tag of {@code percred.bindings}: for applications that
   * have few callers and trusted names for them. A principal that nobody vouched for is {@code
   * unverified}.
   */
  public MicrometerListener withPrincipals() {
    return new MicrometerListener(registry, true);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void onEvent(PercredEvent event) {
    if (event instanceof PercredEvent.Bound bound) {
      registry.counter("percred.bindings", tagsOf(bound)).increment();
    } else if (event instanceof PercredEvent.Refused refused) {
      registry
          .counter(
              "percred.refusals",
              databaseOf(refused.target()).and("code", refused.error().code().stableCode()))
          .increment();
    } else if (event instanceof PercredEvent.Supplied supplied) {
      registry.timer("percred.supplier.calls", tagsOf(supplied)).record(supplied.took());
    } else if (event instanceof PercredEvent.Verified verified) {
      registry
          .timer(
              "percred.verifier.calls",
              Tags.of("verifier", verified.verifier(), "outcome", outcomeOf(verified.verdict())))
          .record(verified.took());
    } else if (event instanceof PercredEvent.BreakerChanged changed) {
      registry
          .counter(
              "percred.breaker.changes",
              Tags.of("endpoint", changed.endpoint(), "state", changed.state()))
          .increment();
    } else if (event instanceof PercredEvent.SessionOpened opened) {
      registry.counter("percred.sessions.opened", databaseOf(opened.target())).increment();
    } else if (event instanceof PercredEvent.SessionClosed closed) {
      registry.counter("percred.sessions.closed", tagsOf(closed)).increment();
    }
  }

  private Tags tagsOf(PercredEvent.Bound bound) {
    String principal = bound.principal();
    Tags tags = databaseOf(bound.target()).and("caller", principal == null ? "nobody" : "somebody");
    if (!tagsPrincipals) {
      return tags;
    }
    return tags.and("principal", principal == null ? "" : shown(principal, bound.digest()));
  }

  private static Tags tagsOf(PercredEvent.Supplied supplied) {
    String outcome =
        supplied.error() != null ? "failed" : supplied.principal() != null ? "supplied" : "none";
    return Tags.of("supplier", supplied.supplier(), "outcome", outcome);
  }

  private static Tags tagsOf(PercredEvent.SessionClosed closed) {
    return databaseOf(closed.target())
        .and("reason", closed.reason())
        .and("outcome", closed.failure() == null ? "closed" : "failed");
  }

  /** What follows {@code jdbc:}. */
  private static Tags databaseOf(Target target) {
    String[] words = target.url().split(":", 3);
    return Tags.of("database", words.length > 2 ? words[1] : "unknown");
  }

  /** A principal that is only the fingerprint of a token begins as the token's digest does. */
  private static String shown(String principal, @Nullable String digest) {
    return digest != null && principal.startsWith(digest) ? "unverified" : principal;
  }

  private static String outcomeOf(Verdict verdict) {
    if (verdict instanceof Verdict.Accepted) {
      return "accepted";
    }
    if (verdict instanceof Verdict.Denied) {
      return "denied";
    }
    return verdict instanceof Verdict.Unavailable ? "unavailable" : "misconfigured";
  }
}
