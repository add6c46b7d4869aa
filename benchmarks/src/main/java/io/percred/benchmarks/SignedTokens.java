package io.percred.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** An issuer in this process: a token and the properties with which percred verifies it. */
final class SignedTokens implements AutoCloseable {
  private static final String SECRET = "a passphrase of more than thirty-two bytes";
  private static final String ISSUER = "https://auth.example";

  private final HttpServer keys;
  private final String token;
  private final Map<String, String> properties;

  private SignedTokens(HttpServer keys, String token, Map<String, String> properties) {
    this.keys = keys;
    this.token = token;
    this.properties = properties;
  }

  /** Signs a token with {@code HS256} or {@code RS256}. */
  static SignedTokens of(String algorithm) throws JOSEException, IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    if (algorithm.equals("HS256")) {
      byte[] secret = SECRET.getBytes(StandardCharsets.UTF_8);
      return new SignedTokens(
          server,
          sign(new JWSHeader(JWSAlgorithm.HS256), new MACSigner(secret)),
          Map.of("percred.jwt.secret", SECRET));
    }
    RSAKey key = new RSAKeyGenerator(2048).keyID("one").generate();
    byte[] set = new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/jwks",
        exchange -> {
          exchange.sendResponseHeaders(200, set.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(set);
          }
        });
    server.start();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
    return new SignedTokens(
        server,
        sign(header, new RSASSASigner(key)),
        Map.of(
            "percred.jwt.jwks",
            "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks",
            "percred.jwt.issuer",
            ISSUER));
  }

  String token() {
    return token;
  }

  /** How the jwt verifier learns the key: a passphrase, or the URL of a JWK set. */
  Map<String, String> properties() {
    return properties;
  }

  @Override
  public void close() {
    keys.stop(0);
  }

  private static String sign(JWSHeader header, JWSSigner signer) throws JOSEException {
    Date inADay = Date.from(Instant.now().plusSeconds(86_400));
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .subject("6f1c2f0e-9d5b-4a70-9d1b-0e0a5f6c7b11")
            .audience(List.of("authenticated"))
            .expirationTime(inADay)
            .issueTime(Date.from(Instant.now()))
            .claim("role", "authenticated")
            .claim("email", "alice@shop.example")
            .claim("app_metadata", Map.of("provider", "email", "tenant", "acme"))
            .build();
    SignedJWT jwt = new SignedJWT(header, claims);
    jwt.sign(signer);
    return jwt.serialize();
  }
}
