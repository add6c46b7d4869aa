package io.percred.tokens.http;

/** What an endpoint is for, which decides what its answers mean. */
public enum EndpointKind {
  /** Issues tokens (RFC 6749, section 3.2). */
  TOKEN,
  /** Says whether a token is active (RFC 7662). */
  INTROSPECTION,
  /** Says whether the bearer of a token may act as a role now. */
  REMOTE,
  /** Publishes keys (RFC 7517). */
  KEYS,
  /** Publishes where the other endpoints are. */
  DISCOVERY
}
