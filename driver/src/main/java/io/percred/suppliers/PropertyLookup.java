package io.percred.suppliers;

import io.percred.spi.Credential;
import io.percred.spi.SupplyContext;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the value of a connection property. The value belongs to the connection, so the outcome
 * is the same for every caller.
 */
record PropertyLookup(String property) implements LookingSupplier {
  @Override
  public @Nullable Credential supply(SupplyContext context) {
    String token = context.connectionProperty(property);
    return token == null ? null : Credential.of(token);
  }

  @Override
  public boolean dependsOnCaller() {
    return false;
  }

  @Override
  public boolean isFixed() {
    return true;
  }
}
