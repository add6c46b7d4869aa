package io.percred.session;

import io.percred.session.PooledSession.Stage;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets which place. For a borrower, in this order:
 *
 * <ol>
 *   <li>an idle session of its own key;
 *   <li>a new place, if neither its key nor the pool has all it may have;
 *   <li>a parked session of its own key, which another handle holds between two transactions;
 *   <li>if only the pool is full: the place of the idle session of any key, or else of the parked
 *       one, that has not been used for the longest time. Exactly one is closed for each borrower
 *       that waits for room.
 * </ol>
 *
 * <p>Guarded by the pool's lock; starts closes, waits for nothing.
 */
final class Placement {
  private final SessionStore store;
  private final SessionLedger ledger;
  private final SessionBounds bounds;
  private final BiConsumer<PooledSession, String> close;

  /**
   * Creates the rules.
   *
   * @param close starts closing a taken session for a reason
   */
  Placement(
      SessionStore store,
      SessionLedger ledger,
      SessionBounds bounds,
      BiConsumer<PooledSession, String> close) {
    this.store = store;
    this.ledger = ledger;
    this.bounds = bounds;
    this.close = close;
  }

  /** Serves everybody who can be served. */
  void serve(WaitingLine line, Instant now) {
    if (line.isEmpty()) {
      return;
    }
    Room room = new Room(ledger.closing());
    line.forEach(waiter -> room.keepFor(waiter, store.size(waiter.key())));
    line.serve(waiter -> placeFor(waiter, now, room));
  }

  /** Closes what nobody uses and is idle for too long or too old. */
  void sweep(Instant now) {
    for (PooledSession session : store.idle().toArray(PooledSession[]::new)) {
      String reason = staleness(session, now);
      if (reason != null) {
        store.take(session);
        close.accept(session, reason);
      }
    }
    for (PooledSession session : store.taken().toArray(PooledSession[]::new)) {
      SessionLease lease = session.lease();
      String reason = lease != null && lease.isParked() ? staleness(session, now) : null;
      if (lease != null && reason != null && lease.reclaim()) {
        close.accept(session, reason);
      }
    }
  }

  /** Closes everything that nobody uses. */
  void clear(String reason) {
    for (PooledSession session : store.idle().toArray(PooledSession[]::new)) {
      store.take(session);
      close.accept(session, reason);
    }
    for (PooledSession session : store.taken().toArray(PooledSession[]::new)) {
      SessionLease lease = session.lease();
      if (lease != null && lease.reclaim()) {
        close.accept(session, reason);
      }
    }
  }

  private @Nullable PooledSession placeFor(WaitingLine.Waiter waiter, Instant now, Room room) {
    SessionKey key = waiter.key();
    PooledSession idle = takeIdle(key, now, room);
    if (idle != null) {
      room.urgent.remove(waiter);
      return idle;
    }
    boolean callerFull = store.size(key) >= bounds.maxPerCaller();
    boolean urgent = !callerFull && room.isUrgent(waiter);
    int free = bounds.max() - store.size();
    if (urgent ? free > 0 : !callerFull && free > room.urgent.size()) {
      ledger.openingStarted();
      room.urgent.remove(waiter);
      return store.create(key);
    }
    PooledSession parked = takeParked(key, now);
    if (parked != null || !urgent) {
      return parked;
    }
    room.urgent.remove(waiter);
    if (room.coming > 0) {
      room.coming--;
    } else {
      makeRoom();
    }
    return null;
  }

  private @Nullable PooledSession takeIdle(SessionKey key, Instant now, Room room) {
    PooledSession session = store.takeIdle(key);
    while (session != null) {
      String reason = session.endReason(now);
      if (reason == null) {
        session.moveTo(Stage.BORROWED);
        ledger.reused();
        return session;
      }
      close.accept(session, reason);
      room.coming++;
      session = store.takeIdle(key);
    }
    return null;
  }

  private @Nullable PooledSession takeParked(SessionKey key, Instant now) {
    for (PooledSession session : store.taken()) {
      SessionLease lease = session.lease();
      if (lease != null
          && session.key().equals(key)
          && session.endReason(now) == null
          && lease.reclaim()) {
        session.lease(null);
        ledger.reused();
        return session;
      }
    }
    return null;
  }

  private void makeRoom() {
    PooledSession victim = leastRecentlyUsed();
    if (victim != null) {
      ledger.evicted();
      close.accept(victim, "evicted");
    }
  }

  /** Takes the session to evict, or null if all are in use. */
  private @Nullable PooledSession leastRecentlyUsed() {
    for (PooledSession session : store.idle()) {
      store.take(session);
      return session;
    }
    PooledSession oldest = null;
    for (PooledSession session : store.taken()) {
      SessionLease lease = session.lease();
      boolean parked = lease != null && lease.isParked();
      if (parked && (oldest == null || session.lastUsed().isBefore(oldest.lastUsed()))) {
        oldest = session;
      }
    }
    SessionLease lease = oldest == null ? null : oldest.lease();
    return lease != null && lease.reclaim() ? oldest : null;
  }

  private @Nullable String staleness(PooledSession session, Instant now) {
    String reason = session.endReason(now);
    if (reason != null || bounds.keepNone()) {
      return reason;
    }
    return session.lastUsed().plus(bounds.idleTimeout()).isAfter(now) ? null : "idle";
  }

  /** What one round of serving has left to give, and to whom it comes first. */
  private static final class Room {
    /** Places that closes under way will free; each is promised to one borrower. */
    private int coming;

    /** Who has a right to another caller's place: free ones are kept for them. */
    private final Set<WaitingLine.Waiter> urgent = new HashSet<>();

    private final Set<SessionKey> first = new HashSet<>();

    Room(int coming) {
      this.coming = coming;
    }

    /** The first session of a caller is worth another's, and any for who has waited long enough. */
    void keepFor(WaitingLine.Waiter waiter, int sessions) {
      if (!waiter.isPatient() || (sessions == 0 && first.add(waiter.key()))) {
        urgent.add(waiter);
      }
    }

    boolean isUrgent(WaitingLine.Waiter waiter) {
      return urgent.contains(waiter);
    }
  }
}
