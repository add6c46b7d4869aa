package io.percred.caller;

import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers apart without holding a token: the keyed hash of it, the principal and the claims
 * that the application named, and the attributes.
 *
 * @param fingerprint the fingerprint of the token, or null without a credential
 * @param principal the trusted principal, or null
 * @param claims the claims that the application vouches for, or null
 * @param attributes the caller's attributes
 * @param service whether this is the service account
 */
public record CallerKey(
    @Nullable String fingerprint,
    @Nullable String principal,
    @Nullable Map<String, Object> claims,
    Map<String, String> attributes,
    boolean service) {
  /** Nobody. */
  public static final CallerKey NOBODY = new CallerKey(null, null, null, Map.of(), false);

  /** The service account. */
  public static final CallerKey SERVICE = new CallerKey(null, null, null, Map.of(), true);

  /** The key of a caller. */
  public static CallerKey of(Caller caller) {
    Credential credential = caller.credential();
    if (credential == null || !credential.isPresent()) {
      return caller.attributes().isEmpty()
          ? NOBODY
          : new CallerKey(null, null, null, caller.attributes(), false);
    }
    return new CallerKey(
        credential.fingerprint(),
        credential.hasTrustedPrincipal() ? credential.principal() : null,
        credential.claims(),
        caller.attributes(),
        false);
  }

  /** Shows no value of an attribute. */
  @Override
  public String toString() {
    return "CallerKey[principal=" + principal + ", service=" + service + "]";
  }
}
