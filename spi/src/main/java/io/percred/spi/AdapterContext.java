package io.percred.spi;

import java.time.Clock;
import java.util.function.Supplier;

/** What an adapter gets for one connection. */
public interface AdapterContext {
  /** Whose credential a transaction gets. */
  CredentialResolver resolver();

  /** The configuration of the connection. */
  Settings settings();

  /** Who wants to know what happened; never throws. */
  PercredListener listener();

  /** The time. */
  Clock clock();

  /**
   * The one instance of {@code type} that all connections with the same configuration, URL and
   * connection properties share; made by {@code factory} at first use, closed with the
   * configuration if it is {@link AutoCloseable}.
   */
  <T> T shared(Class<T> type, Supplier<? extends T> factory);
}
