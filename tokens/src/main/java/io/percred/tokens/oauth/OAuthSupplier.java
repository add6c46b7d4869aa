package io.percred.tokens.oauth;

import io.percred.spi.Credential;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.cache.BackgroundThreads;
import io.percred.tokens.cache.TokenCache;
import io.percred.tokens.jwt.TokenPrincipal;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Supplies tokens of a token endpoint. Whom a token is for is told by the caller's own token: the
 * tokens of two callers are never mixed up, however alike the callers are. Thread-safe.
 */
final class OAuthSupplier implements TokenSupplier {
  private final Grant grant;
  private final TokenRequests requests;
  private final TokenCache cache;
  private final BackgroundThreads threads;
  private final String subjectSupplier;
  private final TokenWishes wishes;
  private final @Nullable String ownPrincipal;

  private final Refresher refresher;

  OAuthSupplier(Grant grant, ProviderContext context) throws SQLException {
    Settings settings = context.settings();
    String feature = "percred.supplier=" + grant.supplierName();
    OAuthClient client = OAuthClient.of(context, feature);
    TokenEndpoint endpoint = TokenEndpoint.of(context, client, feature);
    if (!grant.needsSubject() && !client.isConfidential()) {
      throw OAuthClient.missing(feature, TokensProperty.OAUTH_CLIENT_SECRET);
    }
    this.grant = grant;
    this.requests = new TokenRequests(endpoint, client, settings, context.clock());
    this.threads = new BackgroundThreads("percred-" + grant.supplierName());
    this.cache =
        new TokenCache(
            new TokenCache.Parts(
                grant.supplierName(),
                settings.timeSpan(TokensProperty.TOKEN_SKEW),
                context.clock(),
                context.listener(),
                threads));
    this.subjectSupplier = String.valueOf(settings.text(TokensProperty.OAUTH_SUBJECT_SUPPLIER));
    this.wishes = TokenWishes.of(settings);
    String id = client.id();
    this.refresher =
        new Refresher(
            endpoint.authority() + " " + id,
            RememberedSuccessors.OF_PROCESS,
            (token, replacement) -> requests.send(grant.with(token, wishes), replacement));
    this.ownPrincipal =
        grant.needsSubject() || id == null ? null : TokenPrincipal.of(endpoint.authority(), id, id);
  }

  @Override
  public @Nullable Credential supply(SupplyContext context) throws SupplyException {
    if (!grant.needsSubject()) {
      return cache.get(grant, context.deadline(), patience -> fetch(null, patience));
    }
    Credential subject = context.supplyFrom(subjectSupplier);
    if (subject == null || !subject.isPresent()) {
      return null;
    }
    return cache.get(subject, context.deadline(), patience -> fetch(subject, patience));
  }

  /** Only looks while it has its own token at hand; whose token a caller needs is not yet known. */
  @Override
  public boolean mayBlock() {
    return grant.needsSubject() || !cache.isReady(grant);
  }

  @Override
  public boolean dependsOnCaller() {
    return grant.needsSubject();
  }

  @Override
  public boolean rejected(Credential credential) {
    return cache.drop(credential);
  }

  /** A refresh that is under way goes on: what was presented is spent. */
  @Override
  public void close() {
    if (grant == Grant.REFRESH_TOKEN) {
      threads.finish();
    } else {
      threads.close();
    }
  }

  private Credential fetch(@Nullable Credential subject, Duration patience) throws SupplyException {
    Credential token =
        subject != null && grant == Grant.REFRESH_TOKEN
            ? refresher.refresh(subject, patience)
            : requests.send(grant.with(subject, wishes), unused -> {});
    if (ownPrincipal != null) {
      return token.withPrincipal(ownPrincipal);
    }
    return subject != null && subject.hasTrustedPrincipal()
        ? token.withPrincipal(subject.principal())
        : token;
  }

  /** Shows the kind of grant. */
  @Override
  public String toString() {
    return "OAuthSupplier[" + grant.supplierName() + "]";
  }
}
