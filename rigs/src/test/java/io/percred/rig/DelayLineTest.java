package io.percred.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DelayLineTest {
  private static final Duration DELAY = Duration.ofMillis(200);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void manyPacketsUnderWayTakeOneDelayTogether() throws Exception {
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    long start = System.nanoTime();
    try (DelayLine line = new DelayLine(arrived, DELAY, threads, () -> {})) {
      for (byte i = 0; i < 50; i++) {
        line.send(new byte[] {i, 99}, 1);
      }
    }
    Duration taken = Duration.ofNanos(System.nanoTime() - start);

    assertThat(taken).isBetween(DELAY, DELAY.multipliedBy(25));
    assertThat(arrived.toByteArray()).hasSize(50).startsWith(0, 1, 2).endsWith(48, 49);
  }

  @Test
  void withoutDelayEverythingHasArrivedWhenItIsSent() throws Exception {
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    try (DelayLine line = new DelayLine(arrived, Duration.ZERO, threads, () -> {})) {
      line.send(new byte[] {1, 2, 3}, 2);
      assertThat(arrived.toByteArray()).containsExactly(1, 2);
    }
  }

  @Test
  void whoSendsHearsThatNothingArrivesAnyMore() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        };
    try (DelayLine line = new DelayLine(gone, Duration.ofMillis(1), threads, lost::countDown)) {
      line.send(new byte[] {1}, 1);
      lost.await();
      assertThatThrownBy(
              () -> {
                while (true) {
                  line.send(new byte[] {2}, 1);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }
}
