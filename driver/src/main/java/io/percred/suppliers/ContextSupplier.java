package io.percred.suppliers;

import io.percred.spi.Credential;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Supplier {@code context}: the credential of the innermost {@code CallerContext}. */
public final class ContextSupplier implements TokenSupplierProvider {
  /** For {@link java.util.ServiceLoader}. */
  public ContextSupplier() {}

  @Override
  public String name() {
    return "context";
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    Arguments.none(name(), context);
    return new Supplier();
  }

  private static final class Supplier implements LookingSupplier {
    @Override
    public @Nullable Credential supply(SupplyContext context) {
      return context.caller().credential();
    }
  }
}
