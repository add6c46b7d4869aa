package io.percred.tokens.verify;

import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.ProviderContext;
import io.percred.spi.Settings;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.oauth.OAuthClient;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;

/**
 * {@code percred.verifier=by-kind}: personal access tokens, JSON Web Tokens and passwords each go
 * to their own verifier.
 */
public final class ByKindVerifierProvider implements CredentialVerifierProvider {
  private static final String FEATURE = "percred.verifier=by-kind";
  private static final String NONE = "none";

  @Override
  public String name() {
    return ByKindVerifier.NAME;
  }

  @Override
  public List<? extends PropertyDescriptor> properties() {
    return List.of(
        TokensProperty.BY_KIND_PAT,
        TokensProperty.BY_KIND_JWT,
        TokensProperty.BY_KIND_PASSWORD,
        TokensProperty.PAT_PREFIX);
  }

  @Override
  public List<? extends ErrorCode> errorCodes() {
    return List.of(TokensError.values());
  }

  @Override
  public CredentialVerifier create(ProviderContext context) throws SQLException {
    Settings settings = context.settings();
    List<String> prefixes = settings.words(TokensProperty.PAT_PREFIX);
    if (settings.isGiven(TokensProperty.BY_KIND_PAT) && prefixes.isEmpty()) {
      throw OAuthClient.missing(FEATURE, TokensProperty.PAT_PREFIX);
    }
    Map<String, CredentialVerifierProvider> installed = installed();
    // Kinds that name the same verifier share it: its cache, and its circuit breaker.
    Map<String, CredentialVerifier> byName = new HashMap<>();
    Map<TokenKind, CredentialVerifier> byKind = new EnumMap<>(TokenKind.class);
    for (TokenKind kind : TokenKind.values()) {
      String name = settings.text(kind.property());
      if (name == null) {
        continue;
      }
      CredentialVerifier verifier = byName.get(name);
      if (verifier == null) {
        verifier = create(name, kind, installed, context);
        byName.put(name, verifier);
      }
      byKind.put(kind, verifier);
    }
    if (byKind.isEmpty()) {
      throw OAuthClient.missing(FEATURE, TokensProperty.BY_KIND_JWT);
    }
    return new ByKindVerifier(byKind, prefixes);
  }

  private static CredentialVerifier create(
      String name,
      TokenKind kind,
      Map<String, CredentialVerifierProvider> installed,
      ProviderContext context)
      throws SQLException {
    if (name.equals(NONE)) {
      return (credential, target) -> new Verdict.Accepted(credential);
    }
    CredentialVerifierProvider provider = installed.get(name);
    if (provider == null) {
      TreeSet<String> known = new TreeSet<>(installed.keySet());
      known.add(NONE);
      throw PercredError.of(
              TokensError.UNKNOWN_VERIFIER, kind.property().key(), name, String.join(", ", known))
          .toSqlException();
    }
    return provider.create(context);
  }

  /** What the driver finds too: with the SPI's own loader first, then with the thread's. */
  private static Map<String, CredentialVerifierProvider> installed() {
    Map<String, CredentialVerifierProvider> found = new HashMap<>();
    ClassLoader own = CredentialVerifierProvider.class.getClassLoader();
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    ServiceLoader.load(CredentialVerifierProvider.class, own)
        .forEach(provider -> found.putIfAbsent(provider.name(), provider));
    ServiceLoader.load(CredentialVerifierProvider.class, ofThread)
        .forEach(provider -> found.putIfAbsent(provider.name(), provider));
    found.remove(ByKindVerifier.NAME);
    return found;
  }
}
