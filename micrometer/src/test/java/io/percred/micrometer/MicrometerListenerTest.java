package io.percred.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.percred.spi.Credential;
import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each event in the registry. */
class MicrometerListenerTest {
  private static final Target TARGET = new Target("jdbc:postgresql://h/db", "app", null);
  private static final Credential ALICE = Credential.of("token", "alice");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PercredListener listener = new MicrometerListener(registry);

  private enum Refusal implements ErrorCode {
    OURS;

    @Override
    public int number() {
      return 101;
    }

    @Override
    public String sqlState() {
      return "28000";
    }

    @Override
    public String message() {
      return "no";
    }

    @Override
    public String remedy() {
      return "none";
    }
  }

  @Test
  void bindingsAreCountedWithoutTheCaller() {
    listener.onEvent(bound(ALICE));
    listener.onEvent(bound(Credential.of("other", "bob")));
    listener.onEvent(new PercredEvent.Bound(TARGET, null, null));

    assertThat(count("percred.bindings", "database", "postgresql", "caller", "somebody"))
        .isEqualTo(2);
    assertThat(count("percred.bindings", "database", "postgresql", "caller", "nobody"))
        .isEqualTo(1);
    assertThat(registry.getMeters()).hasSize(2);
  }

  @Test
  void principalsAreTagsOnlyIfAskedForAndVouchedFor() {
    PercredListener naming = new MicrometerListener(registry).withPrincipals();
    naming.onEvent(bound(ALICE));
    naming.onEvent(bound(Credential.of("nobody vouched for this")));
    naming.onEvent(new PercredEvent.Bound(TARGET, null, null));

    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getTag("principal"))
        .containsExactlyInAnyOrder("alice", "unverified", "");
    assertThat(naming.name()).isEqualTo("micrometer");
  }

  @Test
  void refusalsAreCountedByCode() {
    listener.onEvent(new PercredEvent.Refused(TARGET, PercredError.of(Refusal.OURS)));

    assertThat(count("percred.refusals", "database", "postgresql", "code", "PERCRED-101"))
        .isEqualTo(1);
  }

  @Test
  void suppliersAreTimedByOutcome() {
    Duration took = Duration.ofMillis(20);
    PercredError error = PercredError.of(Refusal.OURS);
    listener.onEvent(new PercredEvent.Supplied("context", "alice", null, took));
    listener.onEvent(new PercredEvent.Supplied("context", null, null, took));
    listener.onEvent(new PercredEvent.Supplied("env", null, error, took));

    assertThat(milliseconds("percred.supplier.calls", "context", "supplied")).isEqualTo(20);
    assertThat(milliseconds("percred.supplier.calls", "context", "none")).isEqualTo(20);
    assertThat(milliseconds("percred.supplier.calls", "env", "failed")).isEqualTo(20);
  }

  @Test
  void verifiersAreTimedByVerdict() {
    Verdict[] verdicts = {
      new Verdict.Accepted(ALICE),
      new Verdict.Denied("jwt", "expired"),
      new Verdict.Unavailable("https://a", "down", 1, Instant.EPOCH, null),
      new Verdict.Misconfigured(PercredError.of(Refusal.OURS))
    };
    for (Verdict each : verdicts) {
      listener.onEvent(
          new PercredEvent.Verified("jwt", ALICE.digest(), each, Duration.ofMillis(3)));
    }

    assertThat(registry.find("percred.verifier.calls").timers())
        .extracting(timer -> timer.getId().getTag("outcome"))
        .containsExactlyInAnyOrder("accepted", "denied", "unavailable", "misconfigured");
    assertThat(registry.find("percred.verifier.calls").timers())
        .allSatisfy(timer -> assertThat(timer.count()).isEqualTo(1));
  }

  @Test
  void breakersAndSessionsAreCounted() {
    Target snowflake = new Target("jdbc:snowflake://acme/", null, null);
    listener.onEvent(new PercredEvent.BreakerChanged("https://a", "open"));
    listener.onEvent(new PercredEvent.SessionOpened(snowflake, "alice", ALICE.digest()));
    listener.onEvent(new PercredEvent.SessionClosed(snowflake, "alice", "idle", null));
    listener.onEvent(
        new PercredEvent.SessionClosed(
            new Target("odd", null, null), "alice", "dirty", new IllegalStateException()));

    assertThat(count("percred.breaker.changes", "endpoint", "https://a", "state", "open"))
        .isEqualTo(1);
    assertThat(count("percred.sessions.opened", "database", "snowflake")).isEqualTo(1);
    assertThat(count("percred.sessions.closed", "reason", "idle", "outcome", "closed"))
        .isEqualTo(1);
    assertThat(count("percred.sessions.closed", "database", "unknown", "outcome", "failed"))
        .isEqualTo(1);
  }

  @Test
  void noMeterNamesACallerOrAToken() {
    bindingsAreCountedWithoutTheCaller();
    refusalsAreCountedByCode();
    suppliersAreTimedByOutcome();
    verifiersAreTimedByVerdict();
    breakersAndSessionsAreCounted();

    for (Meter meter : registry.getMeters()) {
      assertThat(meter.getId().getTags())
          .extracting(Tag::getValue)
          .doesNotContain("alice", "bob", "token", ALICE.digest(), ALICE.fingerprint());
    }
  }

  @Test
  void isFoundByNameAndMetersInTheGlobalRegistry() {
    PercredListener found = ServiceLoader.load(PercredListener.class).findFirst().orElseThrow();
    Metrics.addRegistry(registry);
    try {
      found.onEvent(bound(ALICE));
    } finally {
      Metrics.removeRegistry(registry);
    }

    assertThat(found.name()).isEqualTo("micrometer");
    assertThat(registry.find("percred.bindings").counter()).isNotNull();
  }

  private static PercredEvent bound(Credential credential) {
    return new PercredEvent.Bound(TARGET, credential.principal(), credential.digest());
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private double milliseconds(String name, String supplier, String outcome) {
    return registry
        .get(name)
        .tags("supplier", supplier, "outcome", outcome)
        .timer()
        .totalTime(TimeUnit.MILLISECONDS);
  }
}
