package io.percred.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The open pools, which log out when the JVM ends: a database that is asked over HTTP keeps the
 * sessions of a process that is gone for hours.
 *
 * <p>Other shutdown hooks run at the same time, in which an application may still answer requests.
 * So pools are drained, not closed. The hook is there only while a pool is open: it keeps no class
 * loader alive. Thread-safe.
 */
final class PoolsAtExit {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Set<SessionPool> OPEN = Collections.newSetFromMap(new IdentityHashMap<>());
  private static final Thread HOOK = new Thread(PoolsAtExit::drain, "percred-session-exit");
  private static boolean ending;

  private PoolsAtExit() {}

  /** A pool was opened; if the JVM is ending, it keeps no session from the start. */
  static void add(SessionPool pool) {
    LOCK.lock();
    try {
      if (OPEN.isEmpty() && !ending) {
        hookIn();
      }
      OPEN.add(pool);
      if (ending) {
        pool.drain();
      }
    } finally {
      LOCK.unlock();
    }
  }

  /** A pool was closed. */
  static void remove(SessionPool pool) {
    LOCK.lock();
    try {
      if (OPEN.remove(pool) && OPEN.isEmpty() && !ending) {
        hookOut();
      }
    } finally {
      LOCK.unlock();
    }
  }

  /** Drains all pools at once, and waits for the logouts. */
  private static void drain() {
    List<SessionPool> open;
    LOCK.lock();
    try {
      ending = true;
      open = new ArrayList<>(OPEN);
    } finally {
      LOCK.unlock();
    }
    open.forEach(SessionPool::drain);
    long deadline = System.nanoTime() + SessionCloser.LONGEST_WAIT.toNanos();
    open.forEach(pool -> pool.awaitDrained(deadline));
  }

  private static void hookIn() {
    try {
      Runtime.getRuntime().addShutdownHook(HOOK);
    } catch (IllegalStateException e) {
      ending = true;
    }
  }

  private static void hookOut() {
    try {
      Runtime.getRuntime().removeShutdownHook(HOOK);
    } catch (IllegalStateException e) {
      ending = true;
    }
  }
}
