package io.percred.session;

import io.percred.spi.Credential;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place in the pool and, from the end of its login to its close, the session in it. Guarded by
 * the pool's lock, except for {@link #jdbcState}, which belongs to whoever holds the lease.
 */
final class PooledSession {
  /** Where a session is in its life; it only moves forward, but for idle and borrowed. */
  enum Stage {
    OPENING,
    BORROWED,
    IDLE,
    CLOSING,
    CLOSED
  }

  private final SessionKey key;
  final SessionJdbcState jdbcState = new SessionJdbcState();
  private volatile @Nullable PhysicalSession physical;
  private @Nullable SessionLease lease;
  private Stage stage = Stage.OPENING;
  private Instant endsAt = Instant.MAX;
  private boolean endsWithToken;
  private volatile Instant lastUsed = Instant.MIN;
  private boolean abandoned;
  private volatile boolean remembering;

  PooledSession(SessionKey key) {
    this.key = key;
  }

  SessionKey key() {
    return key;
  }

  Stage stage() {
    return stage;
  }

  void moveTo(Stage next) {
    stage = next;
  }

  /** The login succeeded: from now on there is something to close. */
  void opened(
      PhysicalSession session, @Nullable Credential credential, Instant now, SessionBounds bounds) {
    physical = session;
    stage = Stage.BORROWED;
    lastUsed = now;
    endsAt = now.plus(bounds.maxLifetime());
    Instant expiry = credential == null ? null : credential.expiry();
    Instant end = expiry == null ? Instant.MAX : expiry.minus(skew(now, expiry, bounds));
    if (end.isBefore(endsAt)) {
      endsAt = end;
      endsWithToken = true;
    }
  }

  /** At most half of the token's rest: a session that is over at once would serve no statement. */
  private static Duration skew(Instant now, Instant expiry, SessionBounds bounds) {
    if (!now.isBefore(expiry)) {
      return Duration.ZERO;
    }
    Duration half = Duration.between(now, expiry).dividedBy(2);
    return half.compareTo(bounds.skew()) < 0 ? half : bounds.skew();
  }

  PhysicalSession physical() {
    return Objects.requireNonNull(physical, "The session is not open");
  }

  boolean isOpened() {
    return physical != null;
  }

  /** Why the session must not serve another transaction at {@code now}, or null if it may. */
  @Nullable String endReason(Instant now) {
    if (now.isBefore(endsAt)) {
      return null;
    }
    return endsWithToken ? "expired" : "max-lifetime";
  }

  Instant endsAt() {
    return endsAt;
  }

  /** The borrower's deadline has passed; whoever finishes the login closes the session. */
  void abandon() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** A statement was executed that the session remembers. */
  void remember() {
    remembering = true;
  }

  boolean isRemembering() {
    return remembering;
  }

  Instant lastUsed() {
    return lastUsed;
  }

  void used(Instant now) {
    lastUsed = now;
  }

  @Nullable SessionLease lease() {
    return lease;
  }

  void lease(@Nullable SessionLease next) {
    lease = next;
  }
}
