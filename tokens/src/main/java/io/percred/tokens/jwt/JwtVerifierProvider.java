package io.percred.tokens.jwt;

import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.cache.BackgroundThreads;
import io.percred.tokens.http.EndpointKind;
import io.percred.tokens.http.Endpoints;
import io.percred.tokens.http.HttpEndpoint;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.Reading;
import io.percred.tokens.http.UnusableAnswerException;
import io.percred.tokens.jwt.VerificationKey.UnusableKeyException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code percred.verifier=jwt}: tokens signed with a secret or with keys of a JWK set, judged by
 * the rules of PostgREST.
 */
public final class JwtVerifierProvider implements CredentialVerifierProvider {
  private static final Logger LOG = LoggerFactory.getLogger(JwtVerifierProvider.class);

  /** Kubernetes answers nobody who does not name the media type of key sets (RFC 7517, 8.5.2). */
  private static final String ACCEPTED =
      "application/jwk-set+json, application/json, application/jwk+json, */*;q=0.5";

  @Override
  public String name() {
    return JwtVerifier.NAME;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    List<PropertyDescriptor> properties = new ArrayList<>();
    properties.add(TokensProperty.JWT_SECRET);
    properties.add(TokensProperty.JWT_JWKS);
    properties.add(TokensProperty.JWT_TYP);
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
    Settings settings = context.settings();
    BackgroundThreads threads = new BackgroundThreads("percred-jwks");
    List<KeySource> sources = new ArrayList<>();
    if (settings.isGiven(TokensProperty.JWT_SECRET)) {
      sources.add(new KeySource.Fixed(keysOfSecret(settings)));
    }
    if (settings.isGiven(TokensProperty.JWT_JWKS)) {
      sources.add(publicKeys(context, threads));
    }
    if (sources.isEmpty()) {
      String either = TokensProperty.JWT_SECRET.key() + " or " + TokensProperty.JWT_JWKS.key();
      throw PercredError.of(TokensError.MISSING_PROPERTY, "percred.verifier=jwt", either, either)
          .toSqlException();
    }
    return new JwtVerifier(
        sources, TypeRule.of(settings), ClaimRules.of(settings), context.clock(), threads::close);
  }

  private static VerificationKeys keysOfSecret(Settings settings) throws SQLException {
    try {
      String secret = given(settings.secret(TokensProperty.JWT_SECRET));
      return remarked(TokensProperty.JWT_SECRET, VerificationKeys.ofSecret(secret));
    } catch (UnusableKeyException e) {
      throw unusable(TokensProperty.JWT_SECRET, e);
    }
  }

  private static KeySource publicKeys(ProviderContext context, Executor background)
      throws SQLException {
    Settings settings = context.settings();
    String value = given(settings.text(TokensProperty.JWT_JWKS)).strip();
    String start = value.substring(0, Math.min(8, value.length())).toLowerCase(Locale.ROOT);
    if (start.startsWith("https:") || start.startsWith("http:")) {
      HttpEndpoint endpoint =
          Endpoints.of(context)
              .configured(EndpointKind.KEYS, settings, TokensProperty.JWT_JWKS, value);
      return new RefreshedKeys(
          endpoint.shown(), () -> fetch(endpoint), context.clock(), background);
    }
    if (settings.isFromUrl(TokensProperty.JWT_JWKS)
        && !start.startsWith("file:")
        && !start.startsWith("env:")) {
      throw PercredError.of(
              TokensError.NOT_IN_URL,
              TokensProperty.JWT_JWKS.key(),
              "whoever types the URL could sign every caller's token")
          .toSqlException();
    }
    try {
      // Read now, so that a wrong path or a damaged set is an error at connect and not at use.
      String text = given(settings.secret(TokensProperty.JWT_JWKS));
      VerificationKeys keys = VerificationKeys.ofPublicSet(text);
      return start.startsWith("file:")
          ? FileKeys.of(settings, context.clock(), background)
          : new KeySource.Fixed(remarked(TokensProperty.JWT_JWKS, keys));
    } catch (UnusableKeyException e) {
      throw unusable(TokensProperty.JWT_JWKS, e);
    }
  }

  private static RefreshedKeys.Fetched fetch(HttpEndpoint endpoint) throws OutageException {
    return endpoint.get(
        ACCEPTED,
        (answer, meaning) -> {
          try {
            VerificationKeys keys = VerificationKeys.ofPublicSet(answer.body());
            return Reading.good(new RefreshedKeys.Fetched(answer.body(), keys));
          } catch (UnusableKeyException e) {
            throw new UnusableAnswerException("no public JWK set: " + e.getMessage());
          }
        });
  }

  private static VerificationKeys remarked(TokensProperty property, VerificationKeys keys) {
    if (!keys.remarks().isEmpty()) {
      LOG.warn("The keys of {}: {}", property.key(), String.join("; ", keys.remarks()));
    }
    return keys;
  }

  private static String given(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static SQLException unusable(TokensProperty property, UnusableKeyException problem) {
    String why = String.valueOf(problem.getMessage());
    return PercredError.of(TokensError.BAD_VALUE, property.key(), why).toSqlException();
  }
}
