package io.percred.tokens.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * One HTTP endpoint. A call ends within the timeout whatever the other side does, reads at most
 * half a mebibyte, follows no redirect and counts for the endpoint's circuit breaker. Thread-safe.
 */
public final class HttpEndpoint {
  private static final int LARGEST_BODY = 512 * 1024;

  private final URI address;
  private final HttpClient client;
  private final Duration timeout;
  private final OutageBreaker breaker;

  HttpEndpoint(URI address, HttpClient client, Duration timeout, OutageBreaker breaker) {
    this.address = address;
    this.client = client;
    this.timeout = timeout;
    this.breaker = breaker;
  }

  /** Makes something of an answer. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads an answer.
     *
     * @throws UnusableAnswerException if the answer counts as an outage
     */
    T read(HttpAnswer answer) throws UnusableAnswerException;
  }

  /** The address. */
  public URI address() {
    return address;
  }

  /** The address, fit to be shown. */
  public String shown() {
    return SafeText.of(address);
  }

  /** A request to this endpoint, to be completed by the caller. */
  public HttpRequest.Builder request() {
    return HttpRequest.newBuilder(address).header("Accept", "application/json");
  }

  /**
   * Sends a request and reads the answer.
   *
   * @throws OutageException if there is no usable answer in time, or calls are held back
   */
  public <T> T ask(HttpRequest request, Reader<T> reader) throws OutageException {
    breaker.acquire();
    T read;
    try {
      read = reader.read(send(request));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutageException(breaker.abandoned("interrupted"));
    } catch (TimeoutException e) {
      throw new OutageException(breaker.failed("no answer within " + shown(timeout), e));
    } catch (UnusableAnswerException e) {
      throw new OutageException(breaker.failed(e.reason(), e));
    } catch (IOException e) {
      throw new OutageException(breaker.failed(reasonOf(e), e));
    } catch (RuntimeException e) {
      breaker.abandoned("failed");
      throw e;
    }
    breaker.succeeded();
    return read;
  }

  private HttpAnswer send(HttpRequest request)
      throws IOException, InterruptedException, TimeoutException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request, BoundedBody.of(LARGEST_BODY));
    try {
      HttpResponse<byte[]> response = exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return HttpAnswer.of(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException("the call failed", e.getCause());
    } finally {
      exchange.cancel(true);
    }
  }

  /** Only words of this class: messages of the JDK may quote what the other side sent. */
  private static String reasonOf(IOException failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      return "connect timed out";
    }
    if (failure instanceof ConnectException) {
      return "connection refused or host not found";
    }
    if (failure instanceof SSLException) {
      return "TLS failed: " + SafeText.of(String.valueOf(failure.getMessage()));
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BoundedBody.TooLargeException) {
        return String.valueOf(cause.getMessage());
      }
    }
    return "connection broken or not HTTP";
  }

  private static String shown(Duration span) {
    return span.toMillis() % 1000 == 0 ? span.toSeconds() + "s" : span.toMillis() + "ms";
  }
}
