package io.percred.tokens.http;

/** What the status of an answer means. */
public enum Meaning {
  /** The body says what was asked. */
  ANSWER,
  /** The OAuth error code in the body decides between denied, misconfigured and outage. */
  ERROR_CODE,
  /** The token that is asked about, or with, is not good. */
  DENIED,
  /** The address, or percred's own client, is wrong, whatever the token. */
  MISCONFIGURED,
  /** percred is to ask again later. */
  RATE_LIMITED,
  /** It is not an answer of an endpoint of this kind. */
  MALFORMED,
  /** The endpoint cannot answer now. */
  OUTAGE;

  /** Whether an endpoint that answers like this gave no usable answer. */
  boolean isOutage() {
    return this == RATE_LIMITED || this == MALFORMED || this == OUTAGE;
  }
}
