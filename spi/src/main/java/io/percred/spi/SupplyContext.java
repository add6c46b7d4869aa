package io.percred.spi;

import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a {@link TokenSupplier} may look at while it supplies one credential. */
public interface SupplyContext {
  /** The caller, as seen on the thread that wants to use the database. */
  Caller caller();

  /** What the credential is for. */
  Target target();

  /** When the supplier must be done; a later answer is dropped. */
  Instant deadline();

  /** The time. */
  Clock clock();

  /**
   * What the application gave for a connection property, with {@code password} for the password
   * field of the tool or pool; null if it gave none. Such properties were taken out before the
   * vendor's driver could see them.
   */
  @Nullable String connectionProperty(String name);

  /**
   * What another supplier supplies for the same caller, for suppliers that exchange one token for
   * another.
   *
   * @param specification a supplier as {@code percred.supplier} names it, such as {@code context}
   * @throws SupplyException if that supplier fails or does not exist
   */
  @Nullable Credential supplyFrom(String specification) throws SupplyException;
}
