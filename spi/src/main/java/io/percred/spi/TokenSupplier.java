package io.percred.spi;

import org.jspecify.annotations.Nullable;

/**
 * Where callers' credentials come from. Called once per transaction (or per session that is
 * opened), from many threads at once; must not use a percred connection.
 */
@FunctionalInterface
public interface TokenSupplier extends AutoCloseable {
  /**
   * Supplies the credential for one transaction.
   *
   * @return the credential, or null if this supplier has none for the caller; a blank token counts
   *     as none
   * @throws SupplyException if there should be a credential and it cannot be had
   */
  @Nullable Credential supply(SupplyContext context) throws SupplyException;

  /**
   * Whether {@link #supply} may wait for something outside this process. Those that may run on a
   * bounded executor and under a deadline, and see nothing of the calling thread but {@link
   * SupplyContext#caller()}. Those that only look run on the calling thread, and may read what the
   * application keeps there: so they are also asked, at every message, whether the caller has
   * changed, and must be as cheap as reading a thread-local.
   */
  default boolean mayBlock() {
    return true;
  }

  /**
   * Whether the outcome depends on {@link SupplyContext#caller()} or on what the application keeps
   * for its callers elsewhere. One that does not is the same caller to percred, whatever context is
   * open.
   */
  default boolean dependsOnCaller() {
    return true;
  }

  /**
   * Whether the outcome is the same for as long as a connection lives, because it came with that,
   * as its password did.
   */
  default boolean isFixed() {
    return false;
  }

  /**
   * The database did not take a credential. A supplier that keeps what it supplied drops it, so
   * that the next call supplies another; never blocks.
   *
   * @param credential maybe another supplier's
   * @return whether this was its own, and the next call may supply another
   */
  default boolean rejected(Credential credential) {
    return false;
  }

  /** Releases threads and connections, if the supplier has any. */
  @Override
  default void close() {}
}
