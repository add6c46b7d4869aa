package io.percred.runtime;

import io.percred.resolution.TextlessCause;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener whose failures go no further; the first one is a warning, the others are not. */
record GuardedListener(PercredListener listener, AtomicBoolean warned) implements PercredListener {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

  /** Guards a listener, but not the one that hears nothing: callers save its events. */
  static PercredListener guard(PercredListener listener) {
    return listener == NONE ? NONE : new GuardedListener(listener, new AtomicBoolean());
  }

  @Override
  public void onEvent(PercredEvent event) {
    try {
      listener.onEvent(event);
    } catch (RuntimeException | LinkageError e) {
      if (warned.compareAndSet(false, true)) {
        LOG.warn(
            "PercredListener {} failed; its events are lost while it does. This is said once.",
            listener.getClass().getName(),
            TextlessCause.of(e));
      } else {
        LOG.debug("PercredListener {} failed again", listener.getClass().getName());
      }
    }
  }

  @Override
  public String name() {
    return listener.name();
  }
}
