package io.percred.caller;

import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers apart without holding a token: the keyed hash of it, the principal that the
 * application named, and the attributes.
 *
 * @param fingerprint the fingerprint of the token, or null without a credential
 * @param principal the trusted principal, or null
 * @param attributes the caller's attributes
 * @param service whether this is the service account
 */
public record CallerKey(
    @Nullable String fingerprint,
    @Nullable String principal,
    Map<String, String> attributes,
    boolean service) {
  /** Nobody. */
  public static final CallerKey NOBODY = new CallerKey(null, null, Map.of(), false);

  /** The service account. */
  public static final CallerKey SERVICE = new CallerKey(null, null, Map.of(), true);

  static CallerKey of(Caller caller) {
    Credential credential = caller.credential();
    if (credential == null || !credential.isPresent()) {
      return caller.attributes().isEmpty()
          ? NOBODY
          : new CallerKey(null, null, caller.attributes(), false);
    }
    String principal = credential.hasTrustedPrincipal() ? credential.principal() : null;
    return new CallerKey(credential.fingerprint(), principal, caller.attributes(), false);
  }

  /** Shows no value of an attribute. */
  @Override
  public String toString() {
    return "CallerKey[principal=" + principal + ", service=" + service + "]";
  }
}
