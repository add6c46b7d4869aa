package io.percred.session;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.commons.pool2.BaseKeyedPooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericKeyedObjectPool;
import org.apache.commons.pool2.impl.GenericKeyedObjectPoolConfig;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions there are, by key: commons-pool's keyed pool, used as the book of places only.
 *
 * <p>Its limits, its waiting and its room-making are switched off, because they log in and out
 * while they decide: making room destroys 15 % of all idle objects in the thread of the borrower,
 * and an object that is destroyed while others wait for its key is replaced in the thread that
 * released it, with whatever credential that thread can find. {@link SessionPool} decides instead;
 * nothing here does I/O or waits. Guarded by the pool's lock.
 */
final class SessionStore {
  private final GenericKeyedObjectPool<SessionKey, PooledSession> places;
  private final Set<PooledSession> idle = new LinkedHashSet<>();
  private final Set<PooledSession> taken = new LinkedHashSet<>();

  SessionStore() {
    GenericKeyedObjectPoolConfig<PooledSession> config = new GenericKeyedObjectPoolConfig<>();
    config.setMaxTotal(-1);
    config.setMaxTotalPerKey(-1);
    config.setMaxIdlePerKey(-1);
    config.setBlockWhenExhausted(false);
    config.setLifo(true);
    config.setJmxEnabled(false);
    places = new GenericKeyedObjectPool<>(new Places(), config);
  }

  /** How many places are taken: sessions in any stage but the last. */
  int size() {
    return places.getNumActive() + places.getNumIdle();
  }

  /** How many places {@code key} takes. */
  int size(SessionKey key) {
    return places.getNumActive(key) + places.getNumIdle(key);
  }

  /** A new place for a session that is yet to be opened; {@code key} has no idle session. */
  PooledSession create(SessionKey key) {
    PooledSession session = borrow(key);
    taken.add(session);
    return session;
  }

  /** The idle session of {@code key} that was used last, or null. */
  @Nullable PooledSession takeIdle(SessionKey key) {
    if (places.getNumIdle(key) == 0) {
      return null;
    }
    PooledSession session = borrow(key);
    idle.remove(session);
    taken.add(session);
    return session;
  }

  /** Takes exactly this idle session. */
  void take(PooledSession session) {
    Deque<PooledSession> younger = new ArrayDeque<>();
    PooledSession next = borrow(session.key());
    while (next != session) {
      younger.push(next);
      next = borrow(session.key());
    }
    younger.forEach(other -> places.returnObject(other.key(), other));
    idle.remove(session);
    taken.add(session);
  }

  /** Gives a taken session back as the one used last. */
  void putIdle(PooledSession session) {
    taken.remove(session);
    idle.add(session);
    places.returnObject(session.key(), session);
  }

  /** Frees the place of a taken session. */
  void remove(PooledSession session) {
    taken.remove(session);
    try {
      places.invalidateObject(session.key(), session);
    } catch (Exception e) {
      throw new IllegalStateException("A place that is not taken cannot be freed", e);
    }
  }

  /** The idle sessions, least recently used first. */
  Collection<PooledSession> idle() {
    return idle;
  }

  /** The sessions that are not idle, in the order they were taken. */
  Collection<PooledSession> taken() {
    return taken;
  }

  private PooledSession borrow(SessionKey key) {
    try {
      return places.borrowObject(key);
    } catch (Exception e) {
      throw new IllegalStateException("A book without limits has always a place", e);
    }
  }

  /** Makes places, not sessions: opening and closing are the pool's. */
  private static final class Places
      extends BaseKeyedPooledObjectFactory<SessionKey, PooledSession> {
    @Override
    public PooledSession create(SessionKey key) {
      return new PooledSession(key);
    }

    @Override
    public PooledObject<PooledSession> wrap(PooledSession session) {
      return new DefaultPooledObject<>(session);
    }
  }
}
