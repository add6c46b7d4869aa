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
import io.percred.tokens.jwt.ClaimRules;
import io.percred.tokens.oauth.OAuthClient;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** {@code percred.verifier=introspection}: the authorization server says whether it is good. */
public final class IntrospectionVerifierProvider implements CredentialVerifierProvider {
  private static final String FEATURE = "percred.verifier=introspection";

  @Override
  public String name() {
    return IntrospectionVerifier.NAME;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    List<PropertyDescriptor> properties = new ArrayList<>();
    properties.add(TokensProperty.INTROSPECTION_URL);
    properties.addAll(OAuthClient.PROPERTIES);
    properties.addAll(ClaimRules.PROPERTIES);
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
            .configured(
                EndpointKind.INTROSPECTION, context.settings(), TokensProperty.INTROSPECTION_URL);
    if (endpoint == null) {
      throw OAuthClient.missing(FEATURE, TokensProperty.INTROSPECTION_URL);
    }
    OAuthClient client = OAuthClient.of(context, FEATURE);
    client.checkMayBeSentTo(TokensProperty.INTROSPECTION_URL);
    ClaimRules rules = ClaimRules.of(context.settings());
    return new IntrospectionVerifier(endpoint, client, rules, context.clock());
  }
}
