package io.percred.spi;

/**
 * Hears what percred does, for audit trails and metrics. Found by {@link java.util.ServiceLoader}
 * and named by {@code percred.listener}, or set on the DataSource. Called on the thread that does
 * it, so it must be quick; what it throws is logged and goes no further.
 */
@FunctionalInterface
public interface PercredListener {
  /** Hears nothing. */
  PercredListener NONE = event -> {};

  /** Hears one event. */
  void onEvent(PercredEvent event);

  /** The name in {@code percred.listener}. */
  default String name() {
    return getClass().getName();
  }
}
