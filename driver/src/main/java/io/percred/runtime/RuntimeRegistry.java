package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The configurations in use. Holds on to the {@value #MOST} that were used last; an older one lives
 * as long as one of its connections does and is closed when the garbage collector finds that none
 * does any more: JDBC does not tell when a vendor's connection ends. Safe for many threads.
 */
public final class RuntimeRegistry implements AutoCloseable {
  static final int MOST = 64;
  private static final Cleaner CLEANER = Cleaner.create();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<RuntimeKey, Place> recent = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<RuntimeKey, WeakReference<SharedRuntime>> older = new LinkedHashMap<>();
  private boolean closed;

  /**
   * The configuration of that key, made if there is none.
   *
   * @throws SQLException what {@code maker} throws; with PERCRED-012 if this is closed
   */
  SharedRuntime get(RuntimeKey key, Maker maker) throws SQLException {
    return place(key).get(maker);
  }

  /** As {@link #end}, and makes no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    end();
  }

  /** Ends all configurations that there are, and with them their sessions and suppliers. */
  public void end() {
    List<Place> ending = new ArrayList<>();
    lock.lock();
    try {
      ending.addAll(recent.values());
      older.values().forEach(each -> ending.add(new Place(each.get())));
      recent.clear();
      older.clear();
    } finally {
      lock.unlock();
    }
    ending.forEach(Place::end);
  }

  int size() {
    lock.lock();
    try {
      return recent.size();
    } finally {
      lock.unlock();
    }
  }

  private Place place(RuntimeKey key) throws SQLException {
    lock.lock();
    try {
      if (closed) {
        throw PercredError.of(DriverError.CLOSED).toSqlException();
      }
      Place known = recent.get(key);
      if (known == null) {
        known = fromOlder(key);
        recent.put(key, known);
        retireEldest();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private Place fromOlder(RuntimeKey key) {
    WeakReference<SharedRuntime> reference = older.remove(key);
    return new Place(reference == null ? null : reference.get());
  }

  private void retireEldest() {
    if (recent.size() > MOST) {
      older.values().removeIf(each -> each.get() == null);
      Map.Entry<RuntimeKey, Place> eldest = recent.entrySet().iterator().next();
      recent.remove(eldest.getKey());
      SharedRuntime runtime = eldest.getValue().runtime;
      if (runtime != null) {
        older.put(eldest.getKey(), new WeakReference<>(runtime));
      }
    }
  }

  /** Makes a configuration. */
  @FunctionalInterface
  interface Maker {
    SharedRuntime make() throws SQLException;
  }

  /** Where one configuration is or will be: two threads that need it make it once. */
  private static final class Place {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable SharedRuntime runtime;
    private boolean ended;

    Place(@Nullable SharedRuntime runtime) {
      this.runtime = runtime;
    }

    SharedRuntime get(Maker maker) throws SQLException {
      lock.lock();
      try {
        if (ended) {
          throw PercredError.of(DriverError.CLOSED).toSqlException();
        }
        SharedRuntime known = runtime;
        if (known == null) {
          known = maker.make();
          CLEANER.register(known, known.resources()::close);
          runtime = known;
        }
        return known;
      } finally {
        lock.unlock();
      }
    }

    void end() {
      lock.lock();
      try {
        ended = true;
        SharedRuntime known = runtime;
        if (known != null) {
          known.resources().close();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
