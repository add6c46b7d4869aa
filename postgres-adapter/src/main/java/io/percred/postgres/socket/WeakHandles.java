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
 * Objects that are found by a text, for where only texts can be handed over. Held weakly: an entry
 * ends with its object. Thread-safe.
 *
 * @param <T> what is found
 */
public final class WeakHandles<T> {
  private static final int HANDLE_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ConcurrentMap<String, Entry<T>> entries = new ConcurrentHashMap<>();
  private final ReferenceQueue<T> ended = new ReferenceQueue<>();

  /** No handles yet. */
  public WeakHandles() {}

  /**
   * Keeps an object.
   *
   * @return an unguessable handle of 32 hexadecimal digits, fit for a connection property
   */
  public String register(T value) {
    removeEnded();
    byte[] bytes = new byte[HANDLE_BYTES];
    RANDOM.nextBytes(bytes);
    String handle = HexFormat.of().formatHex(bytes);
    entries.put(handle, new Entry<>(handle, value, ended));
    return handle;
  }

  /** The object with that handle, or null if there is none or it has ended. */
  public @Nullable T find(@Nullable String handle) {
    Entry<T> entry = handle == null ? null : entries.get(handle);
    return entry == null ? null : entry.get();
  }

  /** How many objects are held, ended ones not counted. */
  int size() {
    removeEnded();
    return entries.size();
  }

  private void removeEnded() {
    for (Reference<?> each = ended.poll(); each != null; each = ended.poll()) {
      entries.remove(((Entry<?>) each).handle);
    }
  }

  private static final class Entry<T> extends WeakReference<T> {
    private final String handle;

    Entry(String handle, T value, ReferenceQueue<T> ended) {
      super(value, ended);
      this.handle = handle;
    }
  }
}
