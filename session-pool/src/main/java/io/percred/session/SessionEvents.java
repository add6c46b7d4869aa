package io.percred.session;

import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Target;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener and the log what happened to a session. Thread-safe. */
final class SessionEvents {
  private static final Logger LOG = LoggerFactory.getLogger(SessionPool.class);

  private final Target target;
  private final PercredListener listener;

  SessionEvents(Target target, PercredListener listener) {
    this.target = target;
    this.listener = listener;
  }

  void opened(SessionKey key) {
    LOG.debug("Session of {} opened at {}", key, target.url());
    listener.onEvent(new PercredEvent.SessionOpened(target, key.principal(), key.digest()));
  }

  void closingSlowly(SessionKey key) {
    LOG.debug("Closing a session of {} at {} goes on in the background", key, target.url());
  }

  void closed(SessionKey key, String reason, @Nullable Throwable failure) {
    if (failure == null) {
      LOG.debug("Session of {} closed at {}: {}", key, target.url(), reason);
    } else {
      LOG.warn(
          "Closing a session of {} at {} ({}) failed: the database ends it by its own rules",
          key,
          target.url(),
          reason,
          failure);
    }
    listener.onEvent(new PercredEvent.SessionClosed(target, key.principal(), reason, failure));
  }
}
