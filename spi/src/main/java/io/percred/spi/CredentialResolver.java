package io.percred.spi;

/**
 * Decides whose credential a transaction gets: supplier, verifier and policy in one place. One per
 * connection; called on the thread that uses the connection.
 */
public interface CredentialResolver {
  /**
   * Who is calling now, as a key to compare with {@code equals}: different keys mean that the
   * caller has changed. Cheap; never blocks, never holds a secret in the open.
   */
  Object callerKey();

  /**
   * Whether there is anybody to resolve a credential for: a caller whose context is open, or a
   * supplier that needs none. Cheap; says nothing of whether the credential can be had.
   */
  boolean hasCaller();

  /**
   * Whether somebody judges every credential before it is used. If nobody does, claims can only be
   * the application's own.
   */
  default boolean hasVerifier() {
    return true;
  }

  /**
   * Whether whoever is calling now can have one credential only for as long as the connection
   * lives, such as its password: if that is over, so is the connection. Cheap.
   */
  default boolean isFixed() {
    return false;
  }

  /** Supplies, verifies and applies the policy. Never throws. */
  Resolution resolve(Target target);

  /**
   * Says that the database did not take a credential that {@link #resolve} gave. Never throws,
   * never blocks.
   *
   * @return whether resolving again may give another one
   */
  default boolean rejected(Credential credential) {
    return false;
  }

  /**
   * A resolver for the same connection that stands, on whatever thread it is asked, for who is
   * calling on this thread now.
   */
  CredentialResolver pinned();

  /**
   * Whether this is pinned and, on this thread, the context of another caller is open than of the
   * one it stands for: whoever that is kept a connection beyond their checkout, and must not act as
   * the one who has it now. Cheap; never blocks.
   */
  default boolean isAnothersCall() {
    return false;
  }
}
