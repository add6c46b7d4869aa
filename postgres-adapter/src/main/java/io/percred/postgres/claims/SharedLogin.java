package io.percred.postgres.claims;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The login that all callers of a configuration share in {@code mode=setting}: looked at once, when
 * the server has accepted the first connection, over a connection of its own. Opening the first
 * connection waits for it, but not long, and does not fail with it: what cannot be looked at is not
 * warned of. Thread-safe.
 */
public final class SharedLogin implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SharedLogin.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private final AtomicReference<@Nullable Thread> looking = new AtomicReference<>();

  /** Whether it has been looked at, or is being looked at. */
  public boolean isKnown() {
    return looking.get() != null;
  }

  /** The server has accepted this login: looks at it, unless that was done before. */
  void accepted(LoginRole login) {
    Thread thread = new Thread(null, () -> look(login), "percred-login-role", 0, false);
    if (looking.compareAndSet(null, thread)) {
      thread.setDaemon(true);
      thread.setContextClassLoader(SharedLogin.class.getClassLoader());
      thread.start();
      try {
        thread.join(LONGEST_WAIT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void look(LoginRole login) {
    try {
      login.warnOfSharedLogin();
    } catch (SQLException | RuntimeException e) {
      LOG.debug("{}: the login role could not be looked at", login.urlWithoutParameters(), e);
    }
  }

  /** Ends the thread, if there is one. */
  @Override
  public void close() {
    Thread thread = looking.get();
    if (thread != null) {
      thread.interrupt();
    }
  }
}
