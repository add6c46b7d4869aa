package io.percred.suppliers;

import io.percred.spi.TokenSupplier;

/** A supplier that only looks, so runs on the calling thread. */
interface LookingSupplier extends TokenSupplier {
  @Override
  default boolean mayBlock() {
    return false;
  }
}
