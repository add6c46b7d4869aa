package io.percred.tokens.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.token.TokenTypeURI;
import com.nimbusds.oauth2.sdk.token.TypelessAccessToken;
import com.nimbusds.oauth2.sdk.tokenexchange.TokenExchangeGrant;
import io.percred.spi.PercredError;
import io.percred.spi.Settings;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kind of token is asked for, in the words of the configuration.
 *
 * @param audience for whom, or null
 * @param resources where it is to be used (RFC 8707)
 * @param use what {@code requested_token_use} says, or {@code none}
 * @param subjectType what the caller's token is called in an exchange
 * @param requestedType what is asked for in an exchange, or null
 */
record TokenWishes(
    @Nullable String audience,
    List<String> resources,
    String use,
    TokenTypeURI subjectType,
    @Nullable TokenTypeURI requestedType) {
  private static final String PREFIX = "urn:ietf:params:oauth:token-type:";

  /**
   * The wishes of one configuration.
   *
   * @throws SQLException with SQLSTATE 22023 if a type or resource is none
   */
  static TokenWishes of(Settings settings) throws SQLException {
    TokenTypeURI subject = type(settings, TokensProperty.OAUTH_SUBJECT_TOKEN_TYPE);
    return new TokenWishes(
        settings.text(TokensProperty.OAUTH_AUDIENCE),
        resources(settings),
        String.valueOf(settings.text(TokensProperty.OAUTH_REQUESTED_TOKEN_USE)),
        subject == null ? TokenTypeURI.ACCESS_TOKEN : subject,
        type(settings, TokensProperty.OAUTH_REQUESTED_TOKEN_TYPE));
  }

  AuthorizationGrant exchangeOf(String token) {
    return new TokenExchangeGrant(
        new TypelessAccessToken(token),
        subjectType,
        null,
        null,
        requestedType,
        audience == null ? null : List.of(new Audience(audience)));
  }

  /** The parameters beside the grant; who does not know one passes over it (RFC 6749, 3.2). */
  Map<String, List<String>> parametersFor(Grant grant) {
    Map<String, List<String>> parameters = new HashMap<>();
    if (audience != null && grant != Grant.TOKEN_EXCHANGE) {
      parameters.put("audience", List.of(audience));
    }
    if (grant == Grant.JWT_BEARER && !use.equals("none")) {
      parameters.put("requested_token_use", List.of(use));
    }
    if (!resources.isEmpty()) {
      parameters.put("resource", resources);
    }
    return Map.copyOf(parameters);
  }

  private static @Nullable TokenTypeURI type(Settings settings, TokensProperty property)
      throws SQLException {
    String word = settings.text(property);
    if (word == null) {
      return null;
    }
    try {
      return TokenTypeURI.parse(word.contains(":") ? word : PREFIX + word);
    } catch (ParseException e) {
      throw bad(property, "it is neither a word such as jwt nor a URN");
    }
  }

  private static List<String> resources(Settings settings) throws SQLException {
    List<String> resources = settings.words(TokensProperty.OAUTH_RESOURCE);
    for (String resource : resources) {
      try {
        if (new URI(resource).isAbsolute()) {
          continue;
        }
      } catch (URISyntaxException e) {
        // None, as one without a scheme.
      }
      throw bad(TokensProperty.OAUTH_RESOURCE, "each resource is an absolute URI");
    }
    return List.copyOf(resources);
  }

  private static SQLException bad(TokensProperty property, String problem) {
    return PercredError.of(TokensError.BAD_VALUE, property.key(), problem).toSqlException();
  }
}
