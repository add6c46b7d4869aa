package io.percred.tokens.oauth;

import io.percred.spi.ErrorCode;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.Endpoints;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the suppliers that ask a token endpoint; one class for each name in {@code
 * percred.supplier}.
 */
public abstract sealed class OAuthSupplierProvider implements TokenSupplierProvider {
  private static final List<TokensProperty> PROPERTIES =
      List.of(
          TokensProperty.OAUTH_ISSUER,
          TokensProperty.OAUTH_TOKEN_ENDPOINT,
          TokensProperty.OAUTH_CLIENT_ID,
          TokensProperty.OAUTH_CLIENT_SECRET,
          TokensProperty.OAUTH_CLIENT_AUTH,
          TokensProperty.OAUTH_SCOPE,
          TokensProperty.OAUTH_AUDIENCE,
          TokensProperty.OAUTH_SUBJECT_TOKEN_TYPE,
          TokensProperty.OAUTH_REQUESTED_TOKEN_TYPE,
          TokensProperty.OAUTH_REQUESTED_TOKEN_USE,
          TokensProperty.OAUTH_RESOURCE,
          TokensProperty.OAUTH_ASSERTION_AUDIENCE,
          TokensProperty.OAUTH_CLIENT_CERTIFICATE,
          TokensProperty.OAUTH_SUBJECT_SUPPLIER,
          TokensProperty.SERVICE_OAUTH_ISSUER,
          TokensProperty.SERVICE_OAUTH_TOKEN_ENDPOINT,
          TokensProperty.SERVICE_OAUTH_CLIENT_ID,
          TokensProperty.SERVICE_OAUTH_CLIENT_SECRET,
          TokensProperty.SERVICE_OAUTH_CLIENT_AUTH,
          TokensProperty.SERVICE_OAUTH_SCOPE,
          TokensProperty.SERVICE_OAUTH_AUDIENCE,
          TokensProperty.SERVICE_OAUTH_SUBJECT_TOKEN_TYPE,
          TokensProperty.SERVICE_OAUTH_REQUESTED_TOKEN_TYPE,
          TokensProperty.SERVICE_OAUTH_REQUESTED_TOKEN_USE,
          TokensProperty.SERVICE_OAUTH_RESOURCE,
          TokensProperty.SERVICE_OAUTH_ASSERTION_AUDIENCE,
          TokensProperty.SERVICE_OAUTH_CLIENT_CERTIFICATE,
          TokensProperty.SERVICE_OAUTH_SUBJECT_SUPPLIER);

  private final Grant grant;

  private OAuthSupplierProvider(Grant grant) {
    this.grant = grant;
  }

  @Override
  public String name() {
    return grant.supplierName();
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    List<PropertyDescriptor> properties = new ArrayList<>(PROPERTIES);
    properties.addAll(Endpoints.PROPERTIES);
    return properties;
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of(TokensError.values());
  }

  @Override
  public TokenSupplier create(ProviderContext context) throws SQLException {
    return new OAuthSupplier(grant, context);
  }

  /** {@code client-credentials}: percred's own token, whoever calls. */
  public static final class ClientCredentials extends OAuthSupplierProvider {
    /** For {@link java.util.ServiceLoader}. */
    public ClientCredentials() {
      super(Grant.CLIENT_CREDENTIALS);
    }
  }

  /** {@code refresh-token}: an access token for a refresh token. */
  public static final class RefreshToken extends OAuthSupplierProvider {
    /** For {@link java.util.ServiceLoader}. */
    public RefreshToken() {
      super(Grant.REFRESH_TOKEN);
    }
  }

  /** {@code token-exchange}: the caller's token in, a token for the database out. */
  public static final class TokenExchange extends OAuthSupplierProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TokenExchange() {
      super(Grant.TOKEN_EXCHANGE);
    }
  }

  /** {@code jwt-bearer}: the caller's JSON Web Token as assertion. */
  public static final class JwtBearer extends OAuthSupplierProvider {
    /** For {@link java.util.ServiceLoader}. */
    public JwtBearer() {
      super(Grant.JWT_BEARER);
    }
  }
}
