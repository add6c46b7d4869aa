/** OAuth 2.0, OIDC and JWT suppliers and verifiers, and the {@code command:} supplier. */
module io.percred.tokens {
  requires static transitive org.jspecify;
  requires transitive io.percred.spi;
  requires com.github.benmanes.caffeine;
  requires com.google.gson;
  requires com.nimbusds.jose.jwt;
  requires io.github.resilience4j.circuitbreaker;
  requires io.github.resilience4j.core;
  requires java.net.http;
  requires oauth2.oidc.sdk;
  requires org.slf4j;

  exports io.percred.tokens;

  uses io.percred.spi.CredentialVerifierProvider;

  provides io.percred.spi.CredentialVerifierProvider with
      io.percred.tokens.jwt.JwtVerifierProvider,
      io.percred.tokens.verify.ByKindVerifierProvider,
      io.percred.tokens.verify.IntrospectionVerifierProvider,
      io.percred.tokens.verify.RemoteVerifierProvider;
  provides io.percred.spi.TokenSupplierProvider with
      io.percred.tokens.command.CommandSupplierProvider,
      io.percred.tokens.oauth.OAuthSupplierProvider.ClientCredentials,
      io.percred.tokens.oauth.OAuthSupplierProvider.JwtBearer,
      io.percred.tokens.oauth.OAuthSupplierProvider.RefreshToken,
      io.percred.tokens.oauth.OAuthSupplierProvider.TokenExchange;
}
