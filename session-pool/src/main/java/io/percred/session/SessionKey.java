package io.percred.session;

import io.percred.spi.Credential;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose session it is: two requests share sessions only if their keys are equal.
 *
 * <p>A trusted principal is known by its name and, if there are claims, by all of them but those of
 * one token only, such as its expiry (or by those that {@code percred.sessions.key-claims} names),
 * so that a new token of the same principal finds the session of the old one and a token with fewer
 * rights does not. An untrusted one is known by the fingerprint of its token alone: whatever an
 * unverified token says about itself, it reaches only sessions that the very same token opened.
 */
public final class SessionKey {
  private final List<@Nullable Object> identity;
  private final Object shape;
  private final String principal;
  private final String digest;

  private SessionKey(
      List<@Nullable Object> identity, Object shape, String principal, String digest) {
    this.identity = Collections.unmodifiableList(identity);
    this.shape = shape;
    this.principal = principal;
    this.digest = digest;
  }

  /**
   * The key of a caller's sessions.
   *
   * @param shape everything else that shapes the session: account, role, warehouse, schema …; by
   *     {@code equals}
   */
  public static SessionKey of(Credential credential, Object shape) {
    return of(credential, shape, KeyClaims.ALL);
  }

  static SessionKey of(Credential credential, Object shape, KeyClaims counting) {
    List<@Nullable Object> identity = new ArrayList<>();
    if (!credential.hasTrustedPrincipal()) {
      identity.add("token");
      identity.add(credential.fingerprint());
      return new SessionKey(identity, shape, credential.digest(), credential.digest());
    }
    identity.add("principal");
    identity.add(credential.principal());
    Map<String, Object> claims = credential.claims();
    identity.add(claims == null ? null : counting.of(claims));
    return new SessionKey(identity, shape, credential.principal(), credential.digest());
  }

  /** The key of the sessions that the static login of the URL opens; no caller's key equals it. */
  public static SessionKey shared(Object shape) {
    List<@Nullable Object> identity = new ArrayList<>();
    identity.add("shared");
    return new SessionKey(identity, shape, "(shared)", "");
  }

  /** Who it is, for people: the trusted principal, or the short digest of the token. */
  public String principal() {
    return principal;
  }

  /** The short digest of the token from which this key was made; no part of equality. */
  public String digest() {
    return digest;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof SessionKey that
            && identity.equals(that.identity)
            && shape.equals(that.shape));
  }

  @Override
  public int hashCode() {
    return 31 * identity.hashCode() + shape.hashCode();
  }

  @Override
  public String toString() {
    return "SessionKey[principal=\"" + principal + "\", digest=" + digest + "]";
  }
}
