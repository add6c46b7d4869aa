package io.percred.tokens.rig;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** An HTTP endpoint on loopback that answers as the test says and remembers what it was asked. */
public final class StrictEndpoint implements AutoCloseable {
  /** Marks a body that stands for octets and not for text. */
  private static final String OCTETS = "X-Octets";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile Function<Asked, Answer> behaviour = request -> Answer.of(404, "");

  public StrictEndpoint() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /** A request as it arrived. */
  public record Asked(String method, String path, Headers headers, String body) {
    public Map<String, String> form() {
      Map<String, String> fields = new LinkedHashMap<>();
      for (String field : body.split("&", -1)) {
        String[] parts = field.split("=", 2);
        if (parts.length == 2) {
          fields.put(
              URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
              URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
      }
      return fields;
    }
  }

  /** What to answer: a body that is repeated until {@code length} bytes were sent. */
  public record Answer(int status, String body, long length, Map<String, String> headers) {
    public static Answer of(int status, String body) {
      return new Answer(
          status,
          body,
          body.getBytes(StandardCharsets.UTF_8).length,
          Map.of("Content-Type", "application/json"));
    }

    public static Answer json(String body) {
      return of(200, body.replace('\'', '"'));
    }

    public static Answer large(long length) {
      return new Answer(200, "x".repeat(65536), length, Map.of());
    }

    public static Answer redirect(String where) {
      return new Answer(302, "", 0, Map.of("Location", where));
    }
  }

  public StrictEndpoint answering(Function<Asked, Answer> behaviour) {
    this.behaviour = behaviour;
    return this;
  }

  public StrictEndpoint answering(Answer answer) {
    return answering(request -> answer);
  }

  /** Answers with these bytes and this media type, as they are. */
  public StrictEndpoint answeringBytes(byte[] body, String contentType) {
    String octets = new String(body, StandardCharsets.ISO_8859_1);
    return answering(
        new Answer(200, octets, body.length, Map.of("Content-Type", contentType, OCTETS, "")));
  }

  /** Never answers until it is closed. */
  public StrictEndpoint silent() {
    return answering(
        request -> {
          await(closing, 60_000);
          return Answer.of(500, "");
        });
  }

  /** Answers after a while, as a busy provider does. */
  public StrictEndpoint slow(long millis, Function<Asked, Answer> behaviour) {
    return answering(
        request -> {
          await(closing, millis);
          return behaviour.apply(request);
        });
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public int count() {
    return asked.size();
  }

  /** Goes down: the port no longer accepts connections. */
  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static void await(CountDownLatch latch, long millis) {
    try {
      if (latch.await(millis, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the endpoint is closing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      Asked request =
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              body);
      asked.add(request);
      Answer answer = behaviour.apply(request);
      answer.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
      exchange.sendResponseHeaders(answer.status(), answer.length() == 0 ? -1 : answer.length());
      byte[] piece =
          answer
              .body()
              .getBytes(
                  answer.headers().containsKey(OCTETS)
                      ? StandardCharsets.ISO_8859_1
                      : StandardCharsets.UTF_8);
      try (OutputStream out = exchange.getResponseBody()) {
        for (long left = answer.length(); left > 0; left -= piece.length) {
          out.write(piece, 0, (int) Math.min(left, piece.length));
        }
      }
    }
  }
}
