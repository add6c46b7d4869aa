package io.percred.tokens.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLHandshakeException;

/**
 * One HTTP endpoint. A call ends within the timeout whatever the other side does, reads at most
 * half a mebibyte, follows no redirect and counts for the endpoint's circuit breaker. A request
 * that died with a connection that was used before, and got no answer, is sent once more on a fresh
 * one, unless it does harm if it arrives twice; such a request is sent on a fresh one at once.
 * Thread-safe.
 */
public final class HttpEndpoint {
  private static final int LARGEST_BODY = 512 * 1024;
  private static final String JSON = "application/json";

  private final URI address;
  private final EndpointKind kind;
  private final Connections connections;
  private final Duration timeout;
  private final OutageBreaker breaker;
  private final Clock clock;

  /** The endpoint at an address, with the limits of all of them. */
  HttpEndpoint(URI address, EndpointKind kind, Endpoints.Limits limits, OutageBreaker breaker) {
    this.address = address;
    this.kind = kind;
    this.connections = limits.connections();
    this.timeout = limits.timeout();
    this.clock = limits.clock();
    this.breaker = breaker;
  }

  /** Makes something of an answer whose status is no outage. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads an answer.
     *
     * @param meaning what its status means here
     * @throws UnusableAnswerException if it says nothing that can be used
     */
    Reading<T> read(HttpAnswer answer, Meaning meaning) throws UnusableAnswerException;
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
    return HttpRequest.newBuilder(address).header("Accept", JSON);
  }

  /**
   * Reads what is published here for everybody.
   *
   * @param accepted the media types that are asked for
   * @throws OutageException if there is no usable answer in time, or calls are held back
   */
  public <T> T get(String accepted, Reader<T> reader) throws OutageException {
    HttpRequest request = request().setHeader("Accept", accepted).GET().build();
    try {
      return ask(new Question(Question.NOBODY, false, () -> request), reader);
    } catch (SQLException e) {
      throw new IllegalStateException("The request is written already", e);
    }
  }

  /**
   * Asks a question and reads the answer.
   *
   * @throws OutageException if there is no usable answer in time, or calls are held back
   * @throws SQLException if the request cannot be written
   */
  public <T> T ask(Question question, Reader<T> reader) throws OutageException, SQLException {
    OutageBreaker.Leave leave = breaker.acquire(question.about());
    Reading<T> reading;
    try {
      reading = read(answerTo(question), reader);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw OutageException.of(leave.abandoned("interrupted"));
    } catch (TimeoutException e) {
      throw OutageException.of(leave.failed(CallFailure.late(timeout)));
    } catch (UnusableAnswerException e) {
      throw OutageException.of(leave.failed(e.failure()));
    } catch (IOException e) {
      throw OutageException.of(leave.failed(CallFailure.of(e)));
    } catch (RuntimeException | SQLException e) {
      Outage unused = leave.abandoned("failed");
      throw e;
    }
    leave.answered(reading.isGood());
    return reading.value();
  }

  private <T> Reading<T> read(HttpAnswer answer, Reader<T> reader) throws UnusableAnswerException {
    Meaning meaning = AnswerTable.of(kind, answer.status());
    if (meaning.isOutage()) {
      throw new UnusableAnswerException(CallFailure.of(answer, clock.instant()));
    }
    return reader.read(answer, meaning);
  }

  private HttpAnswer answerTo(Question question)
      throws IOException, InterruptedException, TimeoutException, SQLException {
    long end = System.nanoTime() + timeout.toNanos();
    HttpClient own = question.isSingleUse() ? connections.fresh() : null;
    if (own != null) {
      return new Exchange(own, question.writer().write()).await(end);
    }
    Connections.Shared shared = connections.shared();
    boolean mayBeOld = shared.isUsed();
    Exchange exchange = new Exchange(shared.client(), question.writer().write());
    try {
      HttpAnswer answer = exchange.await(end);
      shared.used();
      return answer;
    } catch (IOException e) {
      boolean isDead = mayBeOld && exchange.diedUnanswered(e) && !question.isSingleUse();
      HttpClient fresh = isDead ? connections.fresh() : null;
      if (fresh == null) {
        throw e;
      }
      connections.drop(shared);
      return new Exchange(fresh, question.writer().write()).await(end);
    }
  }

  /** One request and what became of it. */
  private static final class Exchange {
    private final HttpClient client;
    private final HttpRequest request;
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    Exchange(HttpClient client, HttpRequest request) {
      this.client = client;
      this.request = request;
    }

    HttpAnswer await(long end) throws IOException, InterruptedException, TimeoutException {
      CompletableFuture<HttpResponse<byte[]>> exchange =
          client.sendAsync(
              request,
              response -> {
                isAnswered.set(true);
                return BoundedBody.of(LARGEST_BODY).apply(response);
              });
      try {
        long left = Math.max(0, end - System.nanoTime());
        HttpResponse<byte[]> response = exchange.get(left, TimeUnit.NANOSECONDS);
        return HttpAnswer.of(response.statusCode(), response.headers(), response.body());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        throw new IOException("the call failed", e.getCause());
      } finally {
        exchange.cancel(true);
      }
    }

    /** Whether the connection was there and ended before anything came back. */
    boolean diedUnanswered(IOException failure) {
      return !isAnswered.get()
          && !(failure instanceof ConnectException)
          && !(failure instanceof HttpTimeoutException)
          && !(failure instanceof SSLHandshakeException);
    }
  }
}
