package io.percred.postgres.wire;

import io.percred.spi.HistoryEntry;
import io.percred.spi.PercredError;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The last things percred did on a connection. Safe for many threads. */
final class ConnectionHistory {
  private static final int KEPT = 32;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final long[] times = new long[KEPT];
  private final String[] events = new String[KEPT];
  private final @Nullable String[] principals = new @Nullable String[KEPT];
  private final @Nullable String[] digests = new @Nullable String[KEPT];
  private final @Nullable String[] details = new @Nullable String[KEPT];
  private long count;

  ConnectionHistory(Clock clock) {
    this.clock = clock;
  }

  void bound(@Nullable String principal, @Nullable String digest, String delivery) {
    add("bound", principal, digest, delivery);
  }

  void refused(PercredError error) {
    add("refused", null, null, error.code().stableCode());
  }

  void bindingFailed(String sqlState) {
    add("binding failed", null, null, sqlState);
  }

  void cleared() {
    add("cleared", null, null, null);
  }

  void closed(PercredError error) {
    add("closed", null, null, error.code().stableCode());
  }

  /** The last events, oldest first. */
  List<HistoryEntry> entries() {
    lock.lock();
    try {
      List<HistoryEntry> entries = new ArrayList<>();
      for (long i = Math.max(0, count - KEPT); i < count; i++) {
        int at = (int) (i % KEPT);
        entries.add(
            new HistoryEntry(
                Instant.ofEpochMilli(times[at]),
                events[at],
                principals[at],
                digests[at],
                details[at]));
      }
      return entries;
    } finally {
      lock.unlock();
    }
  }

  private void add(
      String event, @Nullable String principal, @Nullable String digest, @Nullable String detail) {
    lock.lock();
    try {
      int at = (int) (count++ % KEPT);
      times[at] = clock.millis();
      events[at] = event;
      principals[at] = principal;
      digests[at] = digest;
      details[at] = detail;
    } finally {
      lock.unlock();
    }
  }
}
