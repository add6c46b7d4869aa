package io.percred.tokens.oauth;

import io.percred.spi.PercredError;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.spi.SupplyException;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.http.EndpointKind;
import io.percred.tokens.http.Endpoints;
import io.percred.tokens.http.HttpAnswer;
import io.percred.tokens.http.HttpEndpoint;
import io.percred.tokens.http.Meaning;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.Reading;
import io.percred.tokens.http.UnusableAnswerException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the token endpoint is: configured, or named by the issuer's discovery document (OpenID
 * Connect Discovery 1.0), which is read at first use and again every hour. Thread-safe.
 */
final class TokenEndpoint {
  private static final String DISCOVERY_PATH = "/.well-known/openid-configuration";
  private static final Duration DISCOVERY_KEPT = Duration.ofHours(1);

  private final Endpoints endpoints;
  private final Clock clock;
  private final @Nullable String issuer;
  private final HttpEndpoint configured;
  private final boolean staysOnHost;
  private volatile @Nullable Discovered discovered;

  /**
   * The endpoint for one configuration.
   *
   * @param configured the token endpoint, or the discovery document if there is an issuer
   * @param staysOnHost whether the document may name no other host than its own
   */
  private TokenEndpoint(
      Endpoints endpoints,
      Clock clock,
      HttpEndpoint configured,
      @Nullable String issuer,
      boolean staysOnHost) {
    this.staysOnHost = staysOnHost;
    this.endpoints = endpoints;
    this.clock = clock;
    this.configured = configured;
    this.issuer = issuer;
  }

  private record Discovered(HttpEndpoint endpoint, Instant until) {}

  static TokenEndpoint of(ProviderContext context, OAuthClient client, String feature)
      throws SQLException {
    Settings settings = context.settings();
    Endpoints endpoints = Endpoints.of(context);
    HttpEndpoint given =
        endpoints.configured(EndpointKind.TOKEN, settings, TokensProperty.OAUTH_TOKEN_ENDPOINT);
    if (given != null) {
      client.checkMayBeSentTo(TokensProperty.OAUTH_TOKEN_ENDPOINT);
      return new TokenEndpoint(endpoints, context.clock(), given, null, false);
    }
    String issuer = settings.text(TokensProperty.OAUTH_ISSUER);
    if (issuer == null) {
      throw OAuthClient.missing(feature, TokensProperty.OAUTH_ISSUER);
    }
    client.checkMayBeSentTo(TokensProperty.OAUTH_ISSUER);
    HttpEndpoint document =
        endpoints.configured(
            EndpointKind.DISCOVERY,
            settings,
            TokensProperty.OAUTH_ISSUER,
            withoutSlash(issuer) + DISCOVERY_PATH);
    boolean strangers = settings.isFromUrl(TokensProperty.OAUTH_ISSUER);
    return new TokenEndpoint(endpoints, context.clock(), document, issuer, strangers);
  }

  /** The issuer, or else the endpoint: whoever vouches for the tokens. */
  String authority() {
    return issuer == null ? configured.shown() : issuer;
  }

  /**
   * The endpoint.
   *
   * @throws OutageException if it must be discovered and cannot be now
   * @throws SupplyException if the discovery document does not name a usable one
   */
  HttpEndpoint now() throws OutageException, SupplyException {
    if (issuer == null) {
      return configured;
    }
    Discovered known = discovered;
    Instant now = clock.instant();
    if (known != null && now.isBefore(known.until)) {
      return known.endpoint;
    }
    Object found = configured.get("application/json", this::read);
    if (found instanceof HttpEndpoint endpoint) {
      discovered = new Discovered(endpoint, now.plus(DISCOVERY_KEPT));
      return endpoint;
    }
    throw new SupplyException(
        PercredError.of(TokensError.NO_TOKEN_ENDPOINT, configured.shown(), found));
  }

  /** The endpoint, or the reason why the document names none. */
  private Reading<Object> read(HttpAnswer answer, Meaning meaning) throws UnusableAnswerException {
    if (meaning != Meaning.ANSWER) {
      return Reading.refusal("HTTP " + answer.status());
    }
    Map<String, Object> document = answer.json();
    if (!(document.get("issuer") instanceof String named)
        || !withoutSlash(named).equals(withoutSlash(String.valueOf(issuer)))) {
      return Reading.refusal("it is not that of percred.oauth.issuer");
    }
    HttpEndpoint endpoint =
        document.get("token_endpoint") instanceof String address
            ? endpoints.named(EndpointKind.TOKEN, address)
            : null;
    if (endpoint != null && staysOnHost && !isOnHostOfDocument(endpoint)) {
      return Reading.refusal(
          "token_endpoint is on another host than the issuer that the URL names");
    }
    return endpoint == null
        ? Reading.refusal("token_endpoint is missing, or neither https nor loopback")
        : Reading.good(endpoint);
  }

  /** Whoever types a URL may name hosts that the machine allows, and nobody else names more. */
  private boolean isOnHostOfDocument(HttpEndpoint endpoint) {
    String host = configured.address().getHost();
    return host != null && host.equalsIgnoreCase(endpoint.address().getHost());
  }

  private static String withoutSlash(String address) {
    return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
  }
}
