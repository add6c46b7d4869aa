package io.percred.tokens.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.oauth.TokenRequests.Wanted;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What entitles percred to a token. */
enum Grant {
  /** RFC 6749, section 4.4: percred's own client, whoever calls. */
  CLIENT_CREDENTIALS,
  /** RFC 6749, section 6: the subject is a refresh token. */
  REFRESH_TOKEN,
  /** RFC 8693: the subject is the caller's token. */
  TOKEN_EXCHANGE,
  /** RFC 7523, section 2.1: the subject is a JSON Web Token that serves as assertion. */
  JWT_BEARER;

  /** The name in {@code percred.supplier}. */
  String supplierName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean needsSubject() {
    return this != CLIENT_CREDENTIALS;
  }

  /**
   * The request for a token.
   *
   * @param subject the caller's token; null only for a grant that needs none
   * @throws SupplyException if the subject is not of the kind that the grant needs
   */
  Wanted with(@Nullable Credential subject, TokenWishes wishes) throws SupplyException {
    String token = subject == null ? "" : subject.token();
    AuthorizationGrant grant =
        switch (this) {
          case CLIENT_CREDENTIALS -> new ClientCredentialsGrant();
          case REFRESH_TOKEN -> new RefreshTokenGrant(new RefreshToken(token));
          case TOKEN_EXCHANGE -> wishes.exchangeOf(token);
          case JWT_BEARER -> assertion(token);
        };
    return new Wanted(grant, subject, wishes.parametersFor(this));
  }

  private static AuthorizationGrant assertion(String token) throws SupplyException {
    try {
      return JWTBearerGrant.parse(
          Map.of(
              "grant_type", List.of(GrantType.JWT_BEARER.getValue()),
              "assertion", List.of(token)));
    } catch (ParseException | RuntimeException e) {
      throw new SupplyException(
          PercredError.of(
              TokensError.GRANT_REFUSED,
              "percred.supplier=jwt-bearer",
              "the caller's token is not a JSON Web Token"));
    }
  }
}
