package io.percred.suppliers;

import io.percred.catalogue.DriverProperty;
import io.percred.configuration.Surroundings;
import io.percred.configuration.UrlRules;
import io.percred.spi.Credential;
import io.percred.spi.ProviderContext;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Supplier {@code env:NAME}: an environment variable of this process. A URL may only name variables
 * that begin with {@code PERCRED_} or are listed in {@code PERCRED_ALLOWED_VARIABLES}.
 */
public final class EnvironmentSupplier implements TokenSupplierProvider {
  private final Surroundings surroundings;

  /** For {@link java.util.ServiceLoader}. */
  public EnvironmentSupplier() {
    this(Surroundings.OF_PROCESS);
  }

  EnvironmentSupplier(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return "env";
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    String variable = Arguments.required(name(), "NAME", context);
    if (context.fromUrl()) {
      new UrlRules(surroundings).checkVariable(DriverProperty.SUPPLIER.key(), variable);
    }
    String token = surroundings.variable(variable);
    // A process cannot change its own environment, so one look is enough.
    return new Supplier(token == null ? null : Credential.of(token));
  }

  private record Supplier(@Nullable Credential credential) implements LookingSupplier {
    @Override
    public @Nullable Credential supply(SupplyContext context) {
      return credential;
    }

    @Override
    public boolean dependsOnCaller() {
      return false;
    }
  }
}
