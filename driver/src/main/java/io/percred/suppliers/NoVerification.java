package io.percred.suppliers;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.CredentialVerifierProvider;
import io.percred.spi.ProviderContext;
import io.percred.spi.Target;
import io.percred.spi.Verdict;

/**
 * Verifier {@code none}: takes every credential as it is. Whoever stands behind percred, the
 * database or an upstream service, judges it; nobody vouches for its principal.
 */
public final class NoVerification implements CredentialVerifierProvider {
  /** For {@link java.util.ServiceLoader}. */
  public NoVerification() {}

  @Override
  public String name() {
    return "none";
  }

  @Override
  public CredentialVerifier create(ProviderContext context) {
    return new Verifier();
  }

  private static final class Verifier implements CredentialVerifier {
    @Override
    public Verdict verify(Credential credential, Target target) {
      return new Verdict.Accepted(credential);
    }

    @Override
    public boolean mayBlock() {
      return false;
    }
  }
}
