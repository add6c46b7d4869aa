package io.percred.tokens.verify;

import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.ErrorCode;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.EndpointKind;
import io.percred.tokens.http.Endpoints;
import io.percred.tokens.http.HttpEndpoint;
import io.percred.tokens.oauth.OAuthClient;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** {@code percred.verifier=remote}: temporary access, asked for each time. */
public final class RemoteVerifierProvider implements CredentialVerifierProvider {
  @Override
  public String name() {
    return RemoteVerifier.NAME;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    List<PropertyDescriptor> properties = new ArrayList<>();
    properties.add(TokensProperty.REMOTE_URL);
    properties.addAll(Endpoints.PROPERTIES);
    return properties;
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of(TokensError.values());
  }

  @Override
  public CredentialVerifier create(ProviderContext context) throws SQLException {
    HttpEndpoint endpoint =
        Endpoints.of(context)
            .configured(EndpointKind.REMOTE, context.settings(), TokensProperty.REMOTE_URL);
    if (endpoint == null) {
      throw OAuthClient.missing("percred.verifier=remote", TokensProperty.REMOTE_URL);
    }
    return new RemoteVerifier(endpoint);
  }
}
