package io.percred.suppliers;

import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.sql.SQLException;

/** Supplier {@code password}: what the tool or pool put in its password field. */
public final class PasswordSupplier implements TokenSupplierProvider {
  /** For {@link java.util.ServiceLoader}. */
  public PasswordSupplier() {}

  @Override
  public String name() {
    return "password";
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    Arguments.none(name(), context);
    return new PropertyLookup(name());
  }
}
