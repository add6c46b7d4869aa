package io.percred.session;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A database that only counts: what is live, the most that ever was, and who is asked whether they
 * are. Faults are injected by the two hooks, which run inside the login and the close.
 */
final class RecordingVendor implements SessionVendor {
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger live = new AtomicInteger();
  final AtomicInteger mostLive = new AtomicInteger();
  final Map<SessionKey, Integer> mostPerCaller = new ConcurrentHashMap<>();
  final List<String> log = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger asked = new AtomicInteger();
  volatile boolean answering = true;
  private final Map<SessionKey, Integer> livePerCaller = new ConcurrentHashMap<>();
  private volatile Hook beforeOpen = key -> {};
  private volatile Hook beforeClose = key -> {};

  /** Runs inside a login or close; may throw or block. */
  interface Hook {
    void run(SessionKey key) throws SQLException;
  }

  RecordingVendor beforeOpen(Hook hook) {
    beforeOpen = hook;
    return this;
  }

  RecordingVendor beforeClose(Hook hook) {
    beforeClose = hook;
    return this;
  }

  @Override
  public PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException {
    beforeOpen.run(key);
    opened.incrementAndGet();
    mostLive.accumulateAndGet(live.incrementAndGet(), Math::max);
    mostPerCaller.merge(key, livePerCaller.merge(key, 1, Integer::sum), Math::max);
    log.add("open " + key.principal());
    return new RecordedSession(key, this::close);
  }

  private void close(SessionKey key) {
    closed.incrementAndGet();
    live.decrementAndGet();
    livePerCaller.merge(key, -1, Integer::sum);
    log.add("close " + key.principal());
  }

  @Override
  public boolean isSessionGone(SQLException error) {
    return false;
  }

  @Override
  public boolean isAlive(PhysicalSession session, Duration timeout) {
    asked.incrementAndGet();
    return answering;
  }

  @Override
  public SqlEffect effectOf(String sql) {
    return SqlEffect.NONE;
  }

  @Override
  public Map<JdbcProperty, Object> defaults() {
    return Map.of();
  }

  private final class RecordedSession implements PhysicalSession {
    private final SessionKey key;
    private final Consumer<SessionKey> end;

    RecordedSession(SessionKey key, Consumer<SessionKey> end) {
      this.key = key;
      this.end = end;
    }

    @Override
    public Connection connection() {
      throw new UnsupportedOperationException("only counted");
    }

    @Override
    public void close() throws SQLException {
      try {
        beforeClose.run(key);
      } finally {
        end.accept(key);
      }
    }
  }
}
