package io.percred.postgres.claims;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns, once per configuration, of settings that stay empty because nobody vouches for them. */
public final class Unvouched {
  private static final Logger LOG = LoggerFactory.getLogger(Unvouched.class);

  private final AtomicBoolean claims = new AtomicBoolean();
  private final AtomicBoolean principal = new AtomicBoolean();

  /** A setting that holds a claim of the caller is empty: there are no claims. */
  void noClaims(String setting) {
    if (claims.compareAndSet(false, true)) {
      LOG.warn(
          "Setting \"{}\" is to hold a claim of the caller and is empty, because nobody vouches for"
              + " the claims: policies that read it see nobody. Remedy: choose a percred.verifier,"
              + " supply the claims with Credential.withClaims, or choose"
              + " percred.claims.unverified=true if a gateway has verified the token.",
          setting);
    }
  }

  /** A setting that holds the principal is empty: it is not trusted. */
  void noPrincipal(String setting) {
    if (principal.compareAndSet(false, true)) {
      LOG.warn(
          "Setting \"{}\" is to hold the caller's principal and is empty, because nobody vouches for"
              + " it: policies that read it see nobody. Remedy: choose a percred.verifier, or name"
              + " the principal with Credential.of(token, principal).",
          setting);
    }
  }
}
