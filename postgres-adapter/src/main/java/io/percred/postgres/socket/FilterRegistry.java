package io.percred.postgres.socket;

import org.jspecify.annotations.Nullable;

/**
 * Where a connection attempt leaves its {@link FilterConfiguration} for the socket factories, which
 * pgjdbc makes by name and to which only strings can be given. Thread-safe.
 *
 * <p>The registry holds configurations weakly. The attempt has to hold its own until pgjdbc has
 * returned; from then on the socket factory does, which pgjdbc keeps for cancel requests as long as
 * the connection lives. So entries end with their connections.
 */
public final class FilterRegistry {
  private static final WeakHandles<FilterConfiguration> CONFIGURATIONS = new WeakHandles<>();

  private FilterRegistry() {}

  /**
   * Registers a configuration.
   *
   * @return an unguessable handle, fit for a connection property
   */
  public static String register(FilterConfiguration configuration) {
    return CONFIGURATIONS.register(configuration);
  }

  /** The configuration registered under a handle, or null if there is none or it has ended. */
  public static @Nullable FilterConfiguration find(@Nullable String handle) {
    return CONFIGURATIONS.find(handle);
  }

  /** How many entries are held, ended ones not counted. */
  static int size() {
    return CONFIGURATIONS.size();
  }
}
