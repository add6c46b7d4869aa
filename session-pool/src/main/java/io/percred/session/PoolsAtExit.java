package io.percred.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pools that hold sessions, which log out when the JVM ends: a database that is asked over HTTP
 * keeps the sessions of a process that is gone for hours.
 *
 * <p>Other shutdown hooks run at the same time, in which an application may still answer requests.
 * So pools are drained, not closed. The hook is there only while a pool holds sessions: neither a
 * pool that nobody closed nor its class loader is kept alive. Thread-safe; called under a pool's
 * lock, and takes no lock of another pool under its own.
 */
final class PoolsAtExit {
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Set<SessionPool> OPEN = Collections.newSetFromMap(new IdentityHashMap<>());
  private static final Thread HOOK = hook();
  private static boolean ending;

  private PoolsAtExit() {}

  /** A pool has a session; if the JVM is ending, it keeps none. */
  static void add(SessionPool pool) {
    boolean late;
    LOCK.lock();
    try {
      if (OPEN.isEmpty() && !ending) {
        hookIn();
      }
      OPEN.add(pool);
      late = ending;
    } finally {
      LOCK.unlock();
    }
    if (late) {
      pool.drain();
    }
  }

  /** A pool has no session any more, or is closed. */
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

  /** As it stays, it must not hold on to what the thread has that happens to be the first. */
  private static Thread hook() {
    Thread hook = new Thread(null, PoolsAtExit::drain, "percred-session-exit", 0, false);
    hook.setContextClassLoader(PoolsAtExit.class.getClassLoader());
    return hook;
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
