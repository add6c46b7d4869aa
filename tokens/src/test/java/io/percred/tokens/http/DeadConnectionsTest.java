package io.percred.tokens.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.PercredListener;
import io.percred.tokens.TokensProperty;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.DroppingServer;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kept-alive connections that the other side has forgotten. */
class DeadConnectionsTest {
  private static final int CONNECTIONS = 5;

  private final DroppingServer server = new DroppingServer("{}");
  private final Recorder recorder = new Recorder();
  private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);

  @AfterEach
  void close() throws Exception {
    threads.shutdownNow();
    server.close();
  }

  @ParameterizedTest(name = "with a reset: {0}")
  @ValueSource(booleans = {false, true})
  void idleConnectionsThatWereDroppedCostNobodyAnything(boolean withReset) throws Exception {
    HttpEndpoint endpoint = endpoint(recorder);
    assertThat(askAtOnce(endpoint)).containsOnly("200");
    assertThat(server.connections()).isGreaterThan(1);
    server.drop(withReset);

    assertThat(askAtOnce(endpoint)).containsOnly("200");
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void serverThatTakesOneRequestPerConnectionIsServedToo() throws Exception {
    server.dropEverySecondRequest();
    HttpEndpoint endpoint = endpoint(PercredListener.NONE);
    for (int i = 0; i < 6; i++) {
      assertThat(ask(endpoint, "alice", false)).isEqualTo("200");
    }
  }

  @Test
  void requestIsWrittenAnewWhenItIsSentAgain() throws Exception {
    HttpEndpoint endpoint = endpoint(PercredListener.NONE);
    ask(endpoint, "alice", false);
    server.drop(false);
    AtomicInteger written = new AtomicInteger();

    endpoint.ask(
        new Question("alice", false, () -> post(endpoint, "proof-" + written.incrementAndGet())),
        (answer, meaning) -> Reading.good(""));

    assertThat(server.requests()).endsWith("proof-1", "proof-2");
  }

  @Test
  void requestThatMustNotArriveTwiceIsSentOnAConnectionOfItsOwn() throws Exception {
    HttpEndpoint endpoint = endpoint(PercredListener.NONE);
    ask(endpoint, "alice", false);
    server.drop(false);

    assertThat(ask(endpoint, "grant", true)).isEqualTo("200");
    assertThat(server.requests().stream().filter("grant"::equals)).hasSize(1);
  }

  @Test
  void answerThatBreaksOffIsNotAskedForAgain() throws Exception {
    HttpEndpoint endpoint = endpoint(PercredListener.NONE);
    ask(endpoint, "alice", false);
    server.breakOff();

    assertThat(ask(endpoint, "bob", false)).isEqualTo("connection broken or not HTTP");
    assertThat(server.requests().stream().filter("bob"::equals)).hasSize(1);
  }

  @Test
  void deathOfAFreshConnectionIsAnOutageAndNotTriedAgain() throws Exception {
    try (DroppingServer mute = new DroppingServer("{}")) {
      mute.dropEverySecondRequest();
      HttpEndpoint endpoint = at(mute.url("/x"), PercredListener.NONE);
      ask(endpoint, "alice", false);
      ask(endpoint, "bob", false);
      assertThat(mute.requests().stream().filter("bob"::equals)).hasSize(2);
    }
    try (StrictEndpoint broken = new StrictEndpoint()) {
      broken.answering(
          asked -> {
            throw new IllegalStateException("ends the connection");
          });
      HttpEndpoint endpoint = at(broken.url("/x"), PercredListener.NONE);
      assertThat(ask(endpoint, "alice", false)).isEqualTo("connection broken or not HTTP");
      assertThat(broken.count()).isEqualTo(1);
    }
  }

  @Test
  void retryAfterIsReadInSecondsAndAsADate() throws Exception {
    try (StrictEndpoint limiting = new StrictEndpoint()) {
      for (String[] each :
          new String[][] {
            {"7", "HTTP 429, to be asked again after 7s"},
            {"Fri, 31 Dec 2100 23:59:59 GMT", "HTTP 429, to be asked again after "},
            {"Fri, 31 Dec 1999 23:59:59 GMT", "HTTP 429"},
            {"-5", "HTTP 429"},
            {"soon", "HTTP 429"},
            {"99999999999999999999", "HTTP 429"},
          }) {
        limiting.answering(new Answer(429, "", 0, Map.of("Retry-After", each[0])));
        String outcome = ask(at(limiting.url("/x"), PercredListener.NONE), "alice", false);
        assertThat(outcome).startsWith(each[1]);
        assertThat(outcome.contains("after")).isEqualTo(each[1].contains("after"));
      }
    }
  }

  private List<String> askAtOnce(HttpEndpoint endpoint) throws Exception {
    CyclicBarrier start = new CyclicBarrier(CONNECTIONS);
    List<Future<String>> outcomes = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      String caller = "caller-" + i;
      outcomes.add(
          threads.submit(
              () -> {
                start.await();
                return ask(endpoint, caller, false);
              }));
    }
    List<String> all = new ArrayList<>();
    for (Future<String> outcome : outcomes) {
      all.add(outcome.get());
    }
    return all;
  }

  private static String ask(HttpEndpoint endpoint, String caller, boolean isSingleUse)
      throws Exception {
    try {
      return endpoint.ask(
          new Question(caller, isSingleUse, () -> post(endpoint, caller)),
          (answer, meaning) -> Reading.good(String.valueOf(answer.status())));
    } catch (OutageException e) {
      return e.outage().reason();
    }
  }

  private static HttpRequest post(HttpEndpoint endpoint, String body) {
    return endpoint.request().POST(HttpRequest.BodyPublishers.ofString(body)).build();
  }

  private HttpEndpoint endpoint(PercredListener listener) throws Exception {
    return at(server.url("/x"), listener);
  }

  private static HttpEndpoint at(String url, PercredListener listener) throws Exception {
    GivenSettings settings = GivenSettings.of("percred.remote.url", url);
    return Objects.requireNonNull(
        Endpoints.of(Contexts.provider(settings, Clock.systemUTC(), listener))
            .configured(EndpointKind.REMOTE, settings, TokensProperty.REMOTE_URL));
  }
}
