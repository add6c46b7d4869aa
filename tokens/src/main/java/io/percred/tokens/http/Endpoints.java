package io.percred.tokens.http;

import io.percred.spi.PercredError;
import io.percred.spi.PercredListener;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import java.net.URI;
import java.net.URISyntaxException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one supplier or verifier: one HTTP client, the same limits, and one circuit
 * breaker per address. Thread-safe.
 */
public final class Endpoints {
  /** What a supplier or verifier must list if it uses this class. */
  public static final List<TokensProperty> PROPERTIES =
      List.of(
          TokensProperty.HTTP_TIMEOUT,
          TokensProperty.HTTP_ALLOW_PLAINTEXT,
          TokensProperty.BREAKER_FAILURES,
          TokensProperty.BREAKER_OPEN_FOR);

  private final Limits limits;
  private final boolean allowPlaintext;
  private final int breakerFailures;
  private final Duration breakerOpenFor;
  private final PercredListener listener;
  private final ConcurrentMap<URI, HttpEndpoint> known = new ConcurrentHashMap<>();

  /**
   * What all of them have in common.
   *
   * @param timeout how long a call may take, connecting included
   */
  record Limits(Connections connections, Duration timeout, Clock clock) {}

  private Endpoints(ProviderContext context) {
    Settings settings = context.settings();
    Duration timeout = settings.timeSpan(TokensProperty.HTTP_TIMEOUT);
    this.allowPlaintext = settings.flag(TokensProperty.HTTP_ALLOW_PLAINTEXT);
    this.breakerFailures = settings.wholeNumber(TokensProperty.BREAKER_FAILURES);
    this.breakerOpenFor = settings.timeSpan(TokensProperty.BREAKER_OPEN_FOR);
    this.listener = context.listener();
    // Shorter than the timeout of the call, so that the error can tell a connection that cannot be
    // made from an answer that does not come.
    Connections connections = new Connections(timeout.multipliedBy(4).dividedBy(5));
    this.limits = new Limits(connections, timeout, context.clock());
  }

  /**
   * The endpoints for one configuration.
   *
   * @throws SQLException with SQLSTATE 22023 if the URL allows plain HTTP
   */
  public static Endpoints of(ProviderContext context) throws SQLException {
    if (context.settings().isFromUrl(TokensProperty.HTTP_ALLOW_PLAINTEXT)) {
      throw PercredError.of(
              TokensError.NOT_IN_URL,
              TokensProperty.HTTP_ALLOW_PLAINTEXT.key(),
              "whoever types the URL could make tokens travel in the open")
          .toSqlException();
    }
    return new Endpoints(context);
  }

  /**
   * The endpoint whose address is the value of {@code property}.
   *
   * @return the endpoint, or null if the property is not set
   * @throws SQLException with SQLSTATE 22023 if tokens must not travel to that address
   */
  public @Nullable HttpEndpoint configured(
      EndpointKind kind, Settings settings, PropertyDescriptor property) throws SQLException {
    String address = settings.text(property);
    return address == null ? null : configured(kind, settings, property, address);
  }

  /**
   * As {@link #configured(EndpointKind, Settings, PropertyDescriptor)} for an address in that
   * property.
   */
  public HttpEndpoint configured(
      EndpointKind kind, Settings settings, PropertyDescriptor property, String address)
      throws SQLException {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw PercredError.of(TokensError.BAD_VALUE, property.key(), "it is not a URL")
          .toSqlException();
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      String problem = "it must be an absolute URL without user information";
      throw PercredError.of(TokensError.BAD_VALUE, property.key(), problem).toSqlException();
    }
    boolean plaintext = allowPlaintext && !settings.isFromUrl(property);
    if (!isEncryptedOrLoopback(uri) && !(plaintext && isHttp(uri))) {
      throw PercredError.of(TokensError.PLAINTEXT_REFUSED, property.key(), SafeText.of(uri))
          .toSqlException();
    }
    return at(kind, uri);
  }

  /**
   * The endpoint at an address that another endpoint named, such as a discovery document.
   *
   * @return the endpoint, or null if tokens must not travel there
   */
  public @Nullable HttpEndpoint named(EndpointKind kind, String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      return null;
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      return null;
    }
    return isEncryptedOrLoopback(uri) || (allowPlaintext && isHttp(uri)) ? at(kind, uri) : null;
  }

  private HttpEndpoint at(EndpointKind kind, URI address) {
    return known.computeIfAbsent(
        address,
        uri ->
            new HttpEndpoint(
                uri,
                kind,
                limits,
                new OutageBreaker(
                    SafeText.of(uri), breakerFailures, breakerOpenFor, limits.clock(), listener)));
  }

  private static boolean isEncryptedOrLoopback(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || (isHttp(uri) && isLoopback(uri.getHost()));
  }

  private static boolean isHttp(URI uri) {
    return "http".equalsIgnoreCase(uri.getScheme());
  }

  /** By name only: what a name server says must not decide whether a token is encrypted. */
  private static boolean isLoopback(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.equals("[::1]")
        || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }
}
