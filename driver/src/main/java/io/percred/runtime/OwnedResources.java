package io.percred.runtime;

import io.percred.resolution.Closing;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What ends with a configuration, in the reverse order of its beginning. Apart from the
 * configuration itself, so that it can still be closed once nobody refers to that any more. Safe
 * for many threads.
 */
final class OwnedResources implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Owned> owned = new ArrayDeque<>();
  private final Map<Class<?>, Object> shared = new HashMap<>();
  private boolean closed;

  void own(String what, AutoCloseable resource) {
    lock.lock();
    try {
      owned.push(new Owned(what, resource));
    } finally {
      lock.unlock();
    }
  }

  <T> T shared(Class<T> type, Supplier<? extends T> factory) {
    lock.lock();
    try {
      Object known = shared.get(type);
      if (known == null) {
        if (closed) {
          throw new IllegalStateException("The configuration of this connection has ended");
        }
        T made = factory.get();
        shared.put(type, made);
        if (made instanceof AutoCloseable resource) {
          owned.push(new Owned(type.getSimpleName(), resource));
        }
        return made;
      }
      return type.cast(known);
    } finally {
      lock.unlock();
    }
  }

  /** Closes everything; failures are logged. */
  @Override
  public void close() {
    Deque<Owned> ending;
    lock.lock();
    try {
      closed = true;
      ending = new ArrayDeque<>(owned);
      owned.clear();
      shared.clear();
    } finally {
      lock.unlock();
    }
    ending.forEach(each -> Closing.quietly(each.what(), each.resource()));
  }

  private record Owned(String what, AutoCloseable resource) {}
}
