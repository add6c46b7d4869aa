package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes suppliers by the name that {@code percred.supplier} gives them. */
final class Suppliers {
  private Suppliers() {}

  static TokenSupplier of(String name, GivenSettings settings, Clock clock) throws SQLException {
    return of(name, settings, clock, PercredListener.NONE);
  }

  static TokenSupplier of(
      String name, GivenSettings settings, Clock clock, PercredListener listener)
      throws SQLException {
    OAuthSupplierProvider provider =
        switch (name) {
          case "client-credentials" -> new OAuthSupplierProvider.ClientCredentials();
          case "refresh-token" -> new OAuthSupplierProvider.RefreshToken();
          case "token-exchange" -> new OAuthSupplierProvider.TokenExchange();
          default -> new OAuthSupplierProvider.JwtBearer();
        };
    assertThat(provider.name()).isEqualTo(name);
    return provider.create(Contexts.provider(settings, clock, listener));
  }

  /** Properties for a token endpoint, with a client that has a secret, and more. */
  static GivenSettings at(String tokenEndpoint, String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("percred.oauth.token-endpoint", tokenEndpoint);
    values.put("percred.oauth.client-id", "shop");
    values.put("percred.oauth.client-secret", "correct horse");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return GivenSettings.of(values);
  }

  static Credential supply(TokenSupplier supplier, @Nullable Credential caller, Clock clock)
      throws SupplyException {
    return Objects.requireNonNull(supplier.supply(Contexts.supply(caller, clock)));
  }

  /** The error of a supplier that has to fail. */
  static PercredError failure(TokenSupplier supplier, @Nullable Credential caller, Clock clock) {
    SupplyException failure =
        catchThrowableOfType(
            SupplyException.class, () -> supplier.supply(Contexts.supply(caller, clock)));
    assertThat(failure).isNotNull();
    return failure.error();
  }
}
