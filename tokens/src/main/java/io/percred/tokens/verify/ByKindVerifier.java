package io.percred.tokens.verify;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Hands each kind of token to its own verifier; a kind that has none is denied. Thread-safe. */
final class ByKindVerifier implements CredentialVerifier {
  static final String NAME = "by-kind";

  private final Map<TokenKind, CredentialVerifier> verifiers;
  private final List<String> prefixes;

  ByKindVerifier(Map<TokenKind, CredentialVerifier> verifiers, List<String> prefixes) {
    this.verifiers = new EnumMap<>(verifiers);
    this.prefixes = List.copyOf(prefixes);
  }

  @Override
  public Verdict verify(Credential credential, Target target) {
    TokenKind kind = TokenKind.of(credential.token(), prefixes);
    CredentialVerifier verifier = verifiers.get(kind);
    if (verifier != null) {
      return verifier.verify(credential, target);
    }
    String what = kind.name().toLowerCase(Locale.ROOT);
    return new Verdict.Denied(
        NAME,
        "a token of the kind "
            + what
            + " is not accepted: "
            + kind.property().key()
            + " is not set");
  }

  @Override
  public boolean mayBlock() {
    return verifiers.values().stream().anyMatch(CredentialVerifier::mayBlock);
  }

  @Override
  public void close() {
    verifiers.values().forEach(CredentialVerifier::close);
  }
}
