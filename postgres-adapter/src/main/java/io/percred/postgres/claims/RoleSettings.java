package io.percred.postgres.claims;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that roles bring with them, as all connections of one configuration know them.
 * Loaded while the first connection is opened, and again in the background in the last quarter of
 * their time; a transaction waits only when that time is over, and not long. If they cannot be
 * loaded again, the old ones count. Thread-safe.
 *
 * <p>The password of the login may change from one connection to the next. They are loaded again
 * with the login that the server accepted last, and no more with one that it has refused.
 */
public final class RoleSettings implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RoleSettings.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(5);
  private static final int IDLE_SECONDS = 10;

  /** The class of SQLSTATEs of a login that the server refused. */
  private static final String INVALID_AUTHORIZATION = "28";

  private final Duration ttl;
  private final Clock clock;
  private final Executor background;
  private final ReentrantLock loading = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Snapshot snapshot;
  private volatile @Nullable Source source;
  private @Nullable FutureTask<@Nullable Void> refresh;
  private Instant notBefore = Instant.MIN;
  private boolean failing;

  /**
   * What the server says of a login.
   *
   * @param role who it is ({@code session_user})
   * @param byRole the settings of the roles that it was granted, in the order in which they were
   *     set
   */
  public record Granted(String role, Map<String, List<RoleSetting>> byRole) {}

  /** Asks the server about the login. */
  @FunctionalInterface
  public interface Source {
    Granted load() throws SQLException;

    /** The same for the first time, when there is more to look at. */
    default Granted loadFirst() throws SQLException {
      return load();
    }
  }

  private record Snapshot(Granted granted, Instant loaded) {}

  RoleSettings(Duration ttl, Clock clock, Executor background) {
    this.ttl = ttl;
    this.clock = clock;
    this.background = background;
  }

  /**
   * Settings that are loaded on a thread of their own, which ends when it is idle.
   *
   * @param ttl how long they count; zero: roles bring nothing with them
   */
  public static RoleSettings lasting(Duration ttl, Clock clock) {
    return new RoleSettings(
        ttl,
        clock,
        new ThreadPoolExecutor(
            0,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "percred-role-settings");
              thread.setDaemon(true);
              return thread;
            }));
  }

  /**
   * A connection is about to be opened: loads the settings if nobody did yet.
   *
   * @param newest reads them with the login of this connection
   * @throws SQLException if they cannot be read
   */
  public void connecting(Source newest) throws SQLException {
    if (snapshot != null) {
      return;
    }
    loading.lock();
    try {
      if (snapshot == null) {
        snapshot = new Snapshot(newest.loadFirst(), clock.instant());
        source = newest;
      }
    } finally {
      loading.unlock();
    }
  }

  /** The server accepted the login of a connection: {@code newest} reads them from now on. */
  void loggedIn(Source newest) {
    source = newest;
  }

  /** What a role brings with it, in the order in which it was set; maybe nothing. */
  List<RoleSetting> of(String role) {
    Snapshot known = snapshot;
    if (known == null || ttl.isZero()) {
      return List.of();
    }
    Duration age = Duration.between(known.loaded, clock.instant());
    if (age.compareTo(ttl.multipliedBy(3).dividedBy(4)) >= 0) {
      FutureTask<@Nullable Void> running = refresh();
      if (running != null && age.compareTo(ttl) >= 0) {
        await(running);
        known = snapshot == null ? known : snapshot;
      }
    }
    return known.granted.byRole.getOrDefault(role, List.of());
  }

  /** Who logged in when the settings were read last, or null if they never were. */
  @Nullable String loginRole() {
    Snapshot known = snapshot;
    return known == null ? null : known.granted.role;
  }

  /** The load that runs, begun if none does; null if the last one failed a moment ago. */
  private @Nullable FutureTask<@Nullable Void> refresh() {
    lock.lock();
    try {
      if (refresh == null && source != null && !clock.instant().isBefore(notBefore)) {
        FutureTask<@Nullable Void> task = new FutureTask<>(this::load, null);
        refresh = task;
        background.execute(task);
        return task;
      }
      return refresh;
    } finally {
      lock.unlock();
    }
  }

  private void load() {
    Source reader = source;
    try {
      if (reader != null) {
        snapshot = new Snapshot(reader.load(), clock.instant());
      }
      ended(null);
    } catch (SQLException | RuntimeException e) {
      if (e instanceof SQLException refused && isRefusal(refused) && source == reader) {
        source = null;
      }
      ended(e);
    }
  }

  private static boolean isRefusal(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && state.startsWith(INVALID_AUTHORIZATION);
  }

  private void ended(@Nullable Exception failure) {
    boolean first;
    lock.lock();
    try {
      refresh = null;
      first = failure != null && !failing;
      failing = failure != null;
      notBefore = failure == null ? Instant.MIN : clock.instant().plus(RETRY);
    } finally {
      lock.unlock();
    }
    if (first) {
      LOG.warn(
          "The settings of roles (ALTER ROLE … SET) could not be read again; those known so far"
              + " stay in force. This is said once until it succeeds.",
          failure);
    }
  }

  private static void await(FutureTask<@Nullable Void> running) {
    try {
      running.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("The settings of roles are late; those known so far are used");
    }
  }

  /** Ends the thread, if there is one. */
  @Override
  public void close() {
    if (background instanceof ThreadPoolExecutor executor) {
      executor.shutdownNow();
    }
  }
}
