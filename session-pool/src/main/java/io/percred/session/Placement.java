package io.percred.session;

import io.percred.session.PooledSession.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
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
 * <p>A parked session that remembers something for its handle is taken after all others, and only
 * if it has had a {@link #REST} or the borrower has lost its patience: between two statements of a
 * request hardly any time passes.
 *
 * <p>Guarded by the pool's lock; starts closes, waits for nothing.
 */
final class Placement {
  /** How long a session that remembers something is its handle's without a word from that. */
  static final Duration REST = Duration.ofMillis(50);

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
    PooledSession parked = takeParked(waiter, now);
    if (parked != null || !urgent) {
      return parked;
    }
    room.urgent.remove(waiter);
    if (room.coming > 0) {
      room.coming--;
    } else {
      makeRoom(waiter, now);
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

  private @Nullable PooledSession takeParked(WaitingLine.Waiter waiter, Instant now) {
    PooledSession session =
        takeParked(
            each -> each.key().equals(waiter.key()) && each.endReason(now) == null, waiter, now);
    if (session != null) {
      session.lease(null);
      ledger.reused();
    }
    return session;
  }

  /**
   * Takes the parked session that was not used for the longest time, one that remembers nothing if
   * there is one; null if none may be taken.
   */
  private @Nullable PooledSession takeParked(
      Predicate<PooledSession> wanted, WaitingLine.Waiter waiter, Instant now) {
    List<PooledSession> parked =
        store.taken().stream()
            .filter(each -> each.lease() != null && wanted.test(each))
            .filter(each -> mayTake(Objects.requireNonNull(each.lease()), waiter, now))
            .sorted(
                Comparator.comparing(
                        (PooledSession each) -> Objects.requireNonNull(each.lease()).remembers())
                    .thenComparing(PooledSession::lastUsed))
            .toList();
    for (PooledSession each : parked) {
      if (Objects.requireNonNull(each.lease()).reclaim()) {
        return each;
      }
    }
    return null;
  }

  private static boolean mayTake(SessionLease lease, WaitingLine.Waiter waiter, Instant now) {
    return lease.isParked()
        && (!lease.remembers()
            || !waiter.isPatient()
            || !lease.session().lastUsed().plus(REST).isAfter(now));
  }

  private void makeRoom(WaitingLine.Waiter waiter, Instant now) {
    PooledSession victim = leastRecentlyUsed(waiter, now);
    if (victim != null) {
      ledger.evicted();
      close.accept(victim, "evicted");
    }
  }

  /** Takes the session to evict, or null if all are in use. */
  private @Nullable PooledSession leastRecentlyUsed(WaitingLine.Waiter waiter, Instant now) {
    for (PooledSession session : store.idle()) {
      store.take(session);
      return session;
    }
    return takeParked(each -> true, waiter, now);
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
