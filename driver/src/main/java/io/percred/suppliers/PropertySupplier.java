package io.percred.suppliers;

import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.sql.SQLException;

/** Supplier {@code property:NAME}: a connection property, which the vendor never sees. */
public final class PropertySupplier implements TokenSupplierProvider {
  /** For {@link java.util.ServiceLoader}. */
  public PropertySupplier() {}

  @Override
  public String name() {
    return "property";
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    return new PropertyLookup(Arguments.required(name(), "NAME", context));
  }
}
