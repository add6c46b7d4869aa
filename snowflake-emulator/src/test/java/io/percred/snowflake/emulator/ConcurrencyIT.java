package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ConcurrencyIT {
  private static final int THREADS = 8;
  private static final int CYCLES = 25;

  @Test
  void sessionsOfManyCallersStayApartAndAreCountedExactly() throws Exception {
    try (SnowflakeEmulator emulator = SnowflakeEmulator.builder().start()) {
      ExecutorService executor = Executors.newFixedThreadPool(THREADS);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String user = "user" + i;
        running.add(
            executor.submit(
                () -> {
                  cycles(emulator, user);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(150, TimeUnit.SECONDS);
      }
      executor.shutdown();
      Counters counters = emulator.counters();
      assertThat(counters.opened()).isEqualTo(THREADS * CYCLES);
      assertThat(counters.closed()).isEqualTo(THREADS * CYCLES);
      assertThat(counters.live()).isZero();
      assertThat(counters.peakLive()).isBetween(1L, (long) THREADS);
      assertThat(counters.totalRequests()).isEqualTo(THREADS * CYCLES * 3L);
      assertThat(emulator.accessLog().queries()).hasSize(THREADS * CYCLES);
    }
  }

  private static void cycles(SnowflakeEmulator emulator, String user) throws Exception {
    String token = emulator.tokens().token(user, "ANALYST", Duration.ofHours(1));
    for (int i = 0; i < CYCLES; i++) {
      try (Connection connection = Driver.connect(emulator, token)) {
        assertThat(Driver.value(connection, "select current_user()"))
            .isEqualTo(Identity.upper(user));
      }
    }
  }
}
