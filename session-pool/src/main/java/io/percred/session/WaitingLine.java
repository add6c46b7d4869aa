package io.percred.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Borrowers in the order they came. Guarded by the pool's lock, but for {@link #isEmpty}: who parks
 * a session looks at it without the lock, after the parking can be seen, as who joins does before
 * it looks for parked sessions.
 */
final class WaitingLine {
  /** One borrower. */
  final class Waiter {
    private final SessionKey key;
    private final Condition served = lock.newCondition();
    private @Nullable PooledSession session;
    private boolean turnedAway;
    private boolean patient = true;

    private Waiter(SessionKey key) {
      this.key = key;
    }

    SessionKey key() {
      return key;
    }

    /** Whether it still hopes that its caller gives a session back. */
    boolean isPatient() {
      return patient;
    }

    void losePatience() {
      patient = false;
    }
  }

  private final ReentrantLock lock;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private volatile int size;

  WaitingLine(ReentrantLock lock) {
    this.lock = lock;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  Waiter join(SessionKey key) {
    Waiter waiter = new Waiter(key);
    waiters.add(waiter);
    size = waiters.size();
    return waiter;
  }

  /** Shows each waiter, in order. */
  void forEach(Consumer<Waiter> look) {
    waiters.forEach(look);
  }

  /** Offers each waiter, in order, what {@code placeFor} has for it. */
  void serve(Function<Waiter, @Nullable PooledSession> placeFor) {
    for (var each = waiters.iterator(); each.hasNext(); ) {
      Waiter waiter = each.next();
      waiter.session = placeFor.apply(waiter);
      if (waiter.session != null) {
        each.remove();
        waiter.served.signal();
      }
    }
    size = waiters.size();
  }

  /** Sends everybody home. */
  void turnAway() {
    for (Waiter waiter : waiters) {
      waiter.turnedAway = true;
      waiter.served.signal();
    }
    waiters.clear();
    size = 0;
  }

  /** Waits until served; null if turned away or not served before {@code deadline}. */
  @Nullable PooledSession await(Waiter waiter, long deadline) throws InterruptedException {
    try {
      while (waiter.session == null && !waiter.turnedAway) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || waiter.served.awaitNanos(left) <= 0) {
          break;
        }
      }
      return waiter.session;
    } catch (InterruptedException e) {
      if (waiter.session != null) {
        // Served and interrupted at once: the session must not be lost, the interrupt neither.
        Thread.currentThread().interrupt();
        return waiter.session;
      }
      throw e;
    }
  }

  /** Gives up. Harmless for who was served. */
  void leave(Waiter waiter) {
    waiters.remove(waiter);
    size = waiters.size();
  }
}
