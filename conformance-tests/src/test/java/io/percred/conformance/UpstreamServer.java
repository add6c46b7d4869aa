package io.percred.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP service that the database calls; it remembers with which credential. */
final class UpstreamServer implements AutoCloseable {
  private final HttpServer server;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private UpstreamServer(HttpServer server) {
    this.server = server;
  }

  static UpstreamServer start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    UpstreamServer upstream = new UpstreamServer(server);
    server.createContext("/", upstream::answer);
    server.start();
    return upstream;
  }

  /** Where to send requests, without a slash at the end. */
  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All requests so far: the path, a blank, and each Authorization header, separated by commas. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    List<String> credentials =
        exchange.getRequestHeaders().getOrDefault("Authorization", List.of("none"));
    String path = exchange.getRequestURI().getPath();
    requests.add(path + " " + String.join(",", credentials));
    byte[] body = ("row of " + path).getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
