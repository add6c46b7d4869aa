package io.percred.postgres.socket;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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
  private static final int HANDLE_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ConcurrentMap<String, Entry> ENTRIES = new ConcurrentHashMap<>();
  private static final ReferenceQueue<FilterConfiguration> ENDED = new ReferenceQueue<>();

  private FilterRegistry() {}

  /**
   * Registers a configuration.
   *
   * @return an unguessable handle, fit for a connection property
   */
  public static String register(FilterConfiguration configuration) {
    removeEnded();
    byte[] bytes = new byte[HANDLE_BYTES];
    RANDOM.nextBytes(bytes);
    String handle = HexFormat.of().formatHex(bytes);
    ENTRIES.put(handle, new Entry(handle, configuration));
    return handle;
  }

  /** The configuration registered under a handle, or null if there is none or it has ended. */
  public static @Nullable FilterConfiguration find(@Nullable String handle) {
    Entry entry = handle == null ? null : ENTRIES.get(handle);
    return entry == null ? null : entry.get();
  }

  /** How many entries are held, ended ones not counted. */
  static int size() {
    removeEnded();
    return ENTRIES.size();
  }

  private static void removeEnded() {
    for (Reference<?> ended = ENDED.poll(); ended != null; ended = ENDED.poll()) {
      ENTRIES.remove(((Entry) ended).handle);
    }
  }

  private static final class Entry extends WeakReference<FilterConfiguration> {
    private final String handle;

    Entry(String handle, FilterConfiguration configuration) {
      super(configuration, ENDED);
      this.handle = handle;
    }
  }
}
