package io.percred.tokens.oauth;

import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import io.percred.spi.PercredError;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.TokensProperty.ClientAuth;
import java.net.URI;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * percred as a client of an authorization server. Its secret is read anew for every request and
 * never kept, so that it may be rotated and is in no object of the configuration. Thread-safe.
 */
public final class OAuthClient {
  /** The properties that make a client. */
  public static final List<TokensProperty> PROPERTIES =
      List.of(
          TokensProperty.OAUTH_CLIENT_ID,
          TokensProperty.OAUTH_CLIENT_SECRET,
          TokensProperty.OAUTH_CLIENT_AUTH,
          TokensProperty.OAUTH_ASSERTION_AUDIENCE,
          TokensProperty.OAUTH_CLIENT_CERTIFICATE);

  private final Settings settings;
  private final Clock clock;
  private final @Nullable String id;
  private final ClientAuth method;

  private OAuthClient(ProviderContext context, ClientAuth method) {
    this.settings = context.settings();
    this.clock = context.clock();
    this.id = settings.text(TokensProperty.OAUTH_CLIENT_ID);
    this.method = method;
  }

  /**
   * The configured client; one without a secret only says who it is.
   *
   * @param feature what needs it, for errors
   * @throws SQLException with SQLSTATE 22023 if it lacks an id or secret that it needs, or its
   *     private key is none
   */
  public static OAuthClient of(ProviderContext context, String feature) throws SQLException {
    Settings settings = context.settings();
    boolean hasSecret = settings.isGiven(TokensProperty.OAUTH_CLIENT_SECRET);
    boolean chosen = settings.isGiven(TokensProperty.OAUTH_CLIENT_AUTH);
    ClientAuth method =
        hasSecret || chosen
            ? settings.choice(TokensProperty.OAUTH_CLIENT_AUTH, ClientAuth.class)
            : ClientAuth.NONE;
    OAuthClient client = new OAuthClient(context, method);
    if (method != ClientAuth.NONE) {
      if (client.id == null) {
        throw missing(feature, TokensProperty.OAUTH_CLIENT_ID);
      }
      if (!hasSecret) {
        throw missing(feature, TokensProperty.OAUTH_CLIENT_SECRET);
      }
      if (method == ClientAuth.PRIVATE_KEY_JWT) {
        client.key();
      }
    }
    return client;
  }

  /** The error of a property that a supplier or verifier cannot do without. */
  public static SQLException missing(String feature, TokensProperty property) {
    return PercredError.of(TokensError.MISSING_PROPERTY, feature, property.key(), property.key())
        .toSqlException();
  }

  /**
   * Refuses an endpoint that a URL names if the client's secret comes from elsewhere: whoever types
   * the URL could have the administrator's secret sent to a machine of his own.
   *
   * @throws SQLException with SQLSTATE 22023
   */
  public void checkMayBeSentTo(TokensProperty endpoint) throws SQLException {
    boolean ownSecret =
        method != ClientAuth.NONE && !settings.isFromUrl(TokensProperty.OAUTH_CLIENT_SECRET);
    if (ownSecret && settings.isFromUrl(endpoint)) {
      String problem = "it decides where " + TokensProperty.OAUTH_CLIENT_SECRET.key() + " goes";
      throw PercredError.of(TokensError.NOT_IN_URL, endpoint.key(), problem).toSqlException();
    }
  }

  /** Whether this client can prove who it is. */
  boolean isConfidential() {
    return method != ClientAuth.NONE;
  }

  /** The client's id, or null if it has none. */
  public @Nullable String id() {
    return id;
  }

  /**
   * How the client proves itself to {@code endpoint} now.
   *
   * @return the proof, or null for a client that has none
   * @throws SQLException with SQLSTATE 22023 if the secret can no longer be read
   */
  public @Nullable ClientAuthentication proofFor(URI endpoint) throws SQLException {
    if (id == null || method == ClientAuth.NONE) {
      return null;
    }
    ClientID client = new ClientID(id);
    return switch (method) {
      case CLIENT_SECRET_BASIC -> new ClientSecretBasic(client, new Secret(secret()));
      case CLIENT_SECRET_POST -> new ClientSecretPost(client, new Secret(secret()));
      default -> key().assertionOf(client, audienceAt(endpoint), clock.instant());
    };
  }

  private String audienceAt(URI endpoint) {
    String audience = settings.text(TokensProperty.OAUTH_ASSERTION_AUDIENCE);
    return audience == null ? endpoint.toString() : audience;
  }

  private ClientKey key() throws SQLException {
    ClientKey key = ClientKey.parse(secret());
    String certificate = settings.secret(TokensProperty.OAUTH_CLIENT_CERTIFICATE);
    return certificate == null ? key : key.with(ClientCertificate.parse(certificate));
  }

  /** What must not be shown if a server sends it back. */
  String secretOrEmpty() {
    try {
      return method == ClientAuth.NONE ? "" : secret();
    } catch (SQLException e) {
      return "";
    }
  }

  private String secret() throws SQLException {
    String secret = settings.secret(TokensProperty.OAUTH_CLIENT_SECRET);
    if (secret == null || secret.isBlank()) {
      throw missing("client authentication", TokensProperty.OAUTH_CLIENT_SECRET);
    }
    return secret;
  }
}
