package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PercredDataSource;
import io.percred.session.SessionSnapshot;
import io.percred.snowflake.emulator.Counters;
import io.percred.snowflake.emulator.Endpoint;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fifty callers on sixteen threads and twenty sessions: a seeded Zipf trace of checkouts. */
@Tag("snowflake")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@SuppressWarnings("try") // scopes act by being open
class SnowflakeTraceIT {
  private static final Logger LOG = LoggerFactory.getLogger(SnowflakeTraceIT.class);
  private static final int CALLERS = 50;
  private static final int THREADS = 16;
  private static final int SESSIONS = 20;
  private static final int CHECKOUTS = Integer.getInteger("percred.test.checkouts", 5_000);
  private static final long SEED = 42;

  private final Set<String> wrong = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();

  @Test
  void loginsAreThoseOfAnLruOfTheSameSize() throws Exception {
    try (SnowflakeEmulator emulator = emulator()) {
      String[] tokens = new String[CALLERS];
      Arrays.setAll(
          tokens, caller -> emulator.tokens().token("u" + caller, "R", Duration.ofHours(1)));
      SessionSnapshot end = run(emulator, tokens, () -> {});

      assertThat(wrong).isEmpty();
      assertThat(failures).isEmpty();
      Counters counters = emulator.counters();
      assertThat(counters.peakLive()).isLessThanOrEqualTo(SESSIONS);
      assertThat(counters.opened()).isEqualTo(counters.closed());
      assertThat(counters.live()).isZero();
      assertThat(end.opened()).isEqualTo(end.closed() + end.live());
      assertThat(emulator.accessLog().queries()).hasSize(CHECKOUTS);
      LOG.info(
          "{} checkouts: {} logins, an LRU has {}; {}",
          CHECKOUTS,
          counters.opened(),
          missesOfAnLru(trace()),
          end);
      assertThat((double) counters.opened() / missesOfAnLru(trace()))
          .as("%s; an LRU has %d misses", end, missesOfAnLru(trace()))
          .isLessThanOrEqualTo(1.05);
    }
  }

  @Test
  void nobodyRunsAsAnotherWhileEverythingFails() throws Exception {
    try (SnowflakeEmulator emulator = emulator()) {
      String[] tokens = new String[CALLERS];
      Arrays.setAll(tokens, caller -> fresh(emulator, caller));
      emulator.faults().refuseLogins(0.05, "390422", "injected");
      emulator.faults().vanishSessions(0.01);
      for (Endpoint endpoint : List.of(Endpoint.LOGIN, Endpoint.QUERY, Endpoint.CLOSE)) {
        emulator.faults().status(endpoint, 503, 0.01);
      }
      Random random = new Random(SEED);
      SessionSnapshot end =
          run(
              emulator,
              tokens,
              () -> {
                synchronized (random) {
                  int caller = random.nextInt(CALLERS);
                  if (random.nextInt(20) == 0) {
                    emulator.revoke(tokens[caller]);
                    tokens[caller] = fresh(emulator, caller);
                  }
                }
              });

      assertThat(wrong).isEmpty();
      Counters counters = emulator.counters();
      assertThat(counters.peakLive()).isLessThanOrEqualTo(SESSIONS);
      assertThat(counters.opened()).isEqualTo(counters.closed() + counters.lost());
      assertThat(counters.live()).as(end.toString()).isZero();
      assertThat(end.opened()).isEqualTo(end.closed() + end.live());
      assertThat(failures.values().stream().mapToInt(Integer::intValue).sum())
          .as(failures.toString())
          .isBetween(1, CHECKOUTS / 4);
    }
  }

  private SessionSnapshot run(SnowflakeEmulator emulator, String[] tokens, Runnable between)
      throws Exception {
    int[] trace = trace();
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (PercredDataSource source = new PercredDataSource()) {
      source.setUrl(emulator.percredUrl() + "&percred.sessions.max=" + SESSIONS);
      HikariConfig config = new HikariConfig();
      config.setDataSource(source);
      config.setMaximumPoolSize(THREADS);
      SessionSnapshot last;
      try (HikariDataSource pool = new HikariDataSource(config)) {
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          workers.add(
              threads.submit(
                  () -> {
                    for (int at = next.getAndIncrement();
                        at < trace.length;
                        at = next.getAndIncrement()) {
                      between.run();
                      checkout(pool, trace[at], tokens[trace[at]]);
                    }
                  }));
        }
        for (Future<?> worker : workers) {
          worker.get();
        }
        try (Connection connection = pool.getConnection()) {
          last = connection.unwrap(SessionSnapshot.class);
        }
      }
      return last;
    } finally {
      threads.shutdownNow();
    }
  }

  private void checkout(HikariDataSource pool, int caller, String token) {
    String name = "U" + caller;
    try (CallerScope scope = CallerContext.open(Credential.of(token, name));
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select current_user()")) {
      rows.next();
      if (!name.equals(rows.getString(1))) {
        wrong.add(name + " ran as " + rows.getString(1));
      }
    } catch (SQLException e) {
      failures.merge(e.getSQLState() + " " + e.getErrorCode(), 1, Integer::sum);
    }
  }

  private static SnowflakeEmulator emulator() throws Exception {
    return SnowflakeEmulator.builder().clock(Clock.systemUTC()).seed(SEED).start();
  }

  private static String fresh(SnowflakeEmulator emulator, int caller) {
    // Some expire during the run.
    Duration lifetime = Duration.ofSeconds(caller % 10 == 0 ? 35 : 3600);
    return emulator.tokens().token(("u" + caller).toLowerCase(Locale.ROOT), "R", lifetime);
  }

  private static int[] trace() {
    double[] cumulated = new double[CALLERS];
    double sum = 0;
    for (int i = 0; i < CALLERS; i++) {
      sum += 1.0 / (i + 1);
      cumulated[i] = sum;
    }
    double total = sum;
    Random random = new Random(SEED);
    int[] trace = new int[CHECKOUTS];
    Arrays.setAll(
        trace,
        at -> {
          int found = Arrays.binarySearch(cumulated, random.nextDouble() * total);
          return found < 0 ? -found - 1 : found;
        });
    return trace;
  }

  private static int missesOfAnLru(int[] trace) {
    Map<Integer, Boolean> lru = new LinkedHashMap<>(16, 0.75f, true);
    int misses = 0;
    for (int caller : trace) {
      if (lru.put(caller, true) == null) {
        misses++;
        if (lru.size() > SESSIONS) {
          lru.remove(lru.keySet().iterator().next());
        }
      }
    }
    return misses;
  }
}
