package io.percred.snowflake.emulator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server on the loopback interface: reads requests, counts them, lets the faults act and
 * writes the answers. Thread-safe.
 */
final class HttpFront {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
  private static final Pattern TOKEN = Pattern.compile("Snowflake Token=\"([^\"]*)\"");

  static {
    // Read once, when the server's classes are loaded: without nodelay an answer takes 40 ms
    // longer;
    // a connection that the server drops while idle makes the driver repeat a request
    setIfAbsent("sun.net.httpserver.nodelay", "true");
    setIfAbsent("sun.net.httpserver.idleInterval", "600");
    setIfAbsent("sun.net.httpserver.maxIdleConnections", "1000");
  }

  private final HttpServer server;
  private final Faults faults;
  private final Map<Endpoint, AtomicLong> requests = new EnumMap<>(Endpoint.class);

  /** Answers a request that has passed the faults. */
  interface Handler {
    Answer answer(ApiCall call) throws Exception;
  }

  HttpFront(int port, ExecutorService executor, Faults faults) throws IOException {
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    this.faults = faults;
    for (Endpoint endpoint : Endpoint.values()) {
      requests.put(endpoint, new AtomicLong());
    }
    server.setExecutor(executor);
  }

  void start(Handler handler) {
    server.createContext("/", exchange -> handle(exchange, handler));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port();
  }

  /** Ends the dispatcher thread, which is no daemon and would keep the JVM alive. */
  void stop() {
    server.stop(0);
  }

  Map<Endpoint, Long> requests() {
    Map<Endpoint, Long> counts = new EnumMap<>(Endpoint.class);
    requests.forEach((endpoint, count) -> counts.put(endpoint, count.get()));
    return counts;
  }

  private void handle(HttpExchange exchange, Handler handler) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Endpoint endpoint = Endpoint.of(path);
    AtomicLong count = requests.get(endpoint);
    if (count != null) {
      count.incrementAndGet();
    }
    try (exchange) {
      byte[] body = read(exchange);
      Faults.Verdict verdict = faults.meet(endpoint);
      if (verdict instanceof Faults.Verdict.Status status) {
        send(exchange, Answer.status(status.status()));
      } else if (verdict instanceof Faults.Verdict.Serve) {
        send(exchange, answer(handler, call(exchange, endpoint, body)));
      }
    } catch (InterruptedException e) {
      // the emulator stops; the client sees the connection end
      Thread.currentThread().interrupt();
    }
  }

  private static Answer answer(Handler handler, ApiCall call) throws InterruptedException {
    try {
      return handler.answer(call);
    } catch (SnowflakeError e) {
      return Answer.error(e);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      LOG.error("{} failed within the emulator", call.endpoint(), e);
      return Answer.status(500);
    }
  }

  private ApiCall call(HttpExchange exchange, Endpoint endpoint, byte[] body) {
    return new ApiCall(
        endpoint,
        exchange.getRequestURI().getPath(),
        parameters(exchange.getRequestURI().getRawQuery()),
        json(body),
        token(exchange.getRequestHeaders()),
        baseUrl());
  }

  private static byte[] read(HttpExchange exchange) throws IOException {
    boolean zipped =
        "gzip".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream in = exchange.getRequestBody()) {
      if (zipped) {
        try (GZIPInputStream unzipped = new GZIPInputStream(in)) {
          return unzipped.readAllBytes();
        }
      }
      return in.readAllBytes();
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    if (answer == Answer.NONE) {
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] body = answer.body();
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private static JsonObject json(byte[] body) {
    try {
      JsonElement json = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      return json.isJsonObject() ? json.getAsJsonObject() : new JsonObject();
    } catch (JsonParseException e) {
      return new JsonObject();
    }
  }

  private static String token(Headers headers) {
    String authorization = headers.getFirst("Authorization");
    Matcher matcher = TOKEN.matcher(authorization == null ? "" : authorization);
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : (query == null ? "" : query).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
