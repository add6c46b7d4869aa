/** OAuth 2.0, OIDC and JWT suppliers and verifiers, and the {@code command:} supplier. */
module io.percred.tokens {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires com.github.benmanes.caffeine;
  requires com.nimbusds.jose.jwt;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires java.net.http;
  requires oauth2.oidc.sdk;
  requires org.slf4j;

  exports io.percred.tokens;

  uses io.percred.spi.CredentialVerifierProvider;

  provides io.percred.spi.CredentialVerifierProvider with
      io.percred.tokens.jwt.JwtVerifierProvider;
}
