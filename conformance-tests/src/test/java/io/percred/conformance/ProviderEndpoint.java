package io.percred.conformance;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What a provider runs, on loopback: temporary access at {@code /access} and introspection at
 * {@code /introspect}. Knows which tokens are good, and remembers what it was asked.
 */
final class ProviderEndpoint implements AutoCloseable {
  private static final String CLIENT = "Basic c2hvcDpjb3JyZWN0K2hvcnNl"; // shop:correct+horse

  private final HttpServer server;
  private final Set<String> good = ConcurrentHashMap.newKeySet();
  private final List<Map<String, Object>> questions = new CopyOnWriteArrayList<>();
  private volatile String granted = "app";
  private volatile boolean failing;

  ProviderEndpoint() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/access", exchange -> handle(exchange, this::access));
    server.createContext("/introspect", exchange -> handle(exchange, this::introspect));
    server.start();
  }

  /** Turns a request into an answer. */
  private interface Behaviour {
    Answer to(String authorization, String body) throws IOException;
  }

  private record Answer(int status, String body) {}

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  void issue(String token) {
    good.add(token);
  }

  void revoke(String token) {
    good.remove(token);
  }

  /** Grants this role from now on, to whoever has a good token. */
  void grant(String role) {
    granted = role;
  }

  /** Answers 503, or no longer. */
  void fail(boolean failing) {
    this.failing = failing;
  }

  /** How often it was asked. */
  int asked() {
    return questions.size();
  }

  /** The JSON of the last question to {@code /access}. */
  Map<String, Object> lastQuestion() {
    return questions.get(questions.size() - 1);
  }

  /** Goes down: nobody listens at its port any more. */
  @Override
  public void close() {
    server.stop(0);
  }

  private Answer access(String authorization, String body) throws IOException {
    try {
      questions.add(JSONObjectUtils.parse(body));
    } catch (ParseException e) {
      throw new IOException(e);
    }
    String token = authorization.substring("Bearer ".length());
    return good.contains(token)
        ? new Answer(
            200,
            "{\"user_id\":\"%s\",\"user_role\":{\"role\":\"%s\"}}".formatted("somebody", granted))
        : new Answer(401, "{}");
  }

  private Answer introspect(String authorization, String body) {
    questions.add(Map.of("form", body));
    if (!authorization.equals(CLIENT)) {
      return new Answer(401, "{}");
    }
    String token = body.replaceAll("^(?:.*&)?token=([^&]*).*$", "$1");
    return good.contains(URLDecoder.decode(token, StandardCharsets.UTF_8))
        ? new Answer(200, "{\"active\":true,\"sub\":\"alice\",\"client_id\":\"web\"}")
        : new Answer(200, "{\"active\":false}");
  }

  private void handle(HttpExchange exchange, Behaviour behaviour) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      Answer answer = behaviour.to(authorization, body);
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(failing ? 503 : answer.status(), bytes.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(bytes);
      }
    }
  }
}
