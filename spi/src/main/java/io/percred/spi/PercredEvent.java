package io.percred.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something percred did. Holds principals and digests, never a token. */
public sealed interface PercredEvent {
  /**
   * A transaction was bound.
   *
   * @param principal the principal, or null if it runs anonymously or shared
   * @param digest the digest of the token, or null
   */
  record Bound(Target target, @Nullable String principal, @Nullable String digest)
      implements PercredEvent {}

  /** A statement, or the opening of a session, was refused. */
  record Refused(Target target, PercredError error) implements PercredEvent {}

  /**
   * A supplier was asked.
   *
   * @param supplier its name
   * @param principal the principal it supplied a credential for, or null if it had none or failed
   * @param error why it failed, or null
   * @param took how long it took
   */
  record Supplied(
      String supplier, @Nullable String principal, @Nullable PercredError error, Duration took)
      implements PercredEvent {}

  /**
   * A verifier was asked.
   *
   * @param verifier its name
   * @param digest the digest of the token
   * @param verdict what it found
   * @param took how long it took
   */
  record Verified(String verifier, String digest, Verdict verdict, Duration took)
      implements PercredEvent {}

  /**
   * A circuit breaker opened, half-opened or closed.
   *
   * @param endpoint what it protects
   * @param state {@code open}, {@code half-open} or {@code closed}
   */
  record BreakerChanged(String endpoint, String state) implements PercredEvent {}

  /** A caller's physical session was opened. */
  record SessionOpened(Target target, String principal, String digest) implements PercredEvent {}

  /**
   * A caller's physical session was closed.
   *
   * @param reason why: {@code expired}, {@code idle}, {@code max-lifetime}, {@code dirty}, …
   * @param failure why closing failed, or null if it did not
   */
  record SessionClosed(Target target, String principal, String reason, @Nullable Throwable failure)
      implements PercredEvent {}
}
