package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** What percred does on a connection, in a registry of Micrometer's. */
class MicrometerIT extends PostgresIT {
  @Test
  void transactionsAndRefusalsAreCounted() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Metrics.addRegistry(registry);
    try {
      Connection connection = connect("percred.listener=micrometer");
      as(ALICE, () -> who(connection));
      as(BOB, () -> who(connection));
      assertRefused(() -> who(connection));

      assertThat(
              registry
                  .get("percred.bindings")
                  .tags("database", "postgresql", "caller", "somebody")
                  .counter()
                  .count())
          .isEqualTo(2);
      assertThat(registry.get("percred.refusals").tags("code", "PERCRED-101").counter().count())
          .isEqualTo(1);
      assertThat(registry.get("percred.supplier.calls").tags("outcome", "supplied").timer().count())
          .isEqualTo(2);
    } finally {
      Metrics.removeRegistry(registry);
    }
  }
}
