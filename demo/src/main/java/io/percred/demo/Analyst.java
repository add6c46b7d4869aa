package io.percred.demo;

import io.percred.snowflake.emulator.TokenIssuer;
import io.percred.spi.Credential;
import java.time.Duration;

/**
 * Somebody whom Snowflake knows as a user, with one role.
 *
 * @param name the user
 * @param region whose customers the role's row access policy shows
 * @param seesMail whether the role's masking policy shows mail addresses
 */
record Analyst(String name, String region, boolean seesMail) {
  String role() {
    return "ANALYST_" + region;
  }

  /** What the user's identity provider gives out: a token that Snowflake takes as a login. */
  Credential credential(TokenIssuer issuer) {
    return Credential.of(issuer.token(name, role(), Duration.ofHours(1)), name);
  }
}
