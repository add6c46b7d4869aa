package io.percred.tokens.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.TokenSupplier;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.rig.StrictEndpoint.Asked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An authorization server that issues a new refresh token each time and takes none twice. */
class RotationTest {
  private static final String GIVEN = "r";

  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private String good = GIVEN;

  RotationTest() {
    endpoint.answering(this::rotate);
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  /** Theft, as far as the server can tell, ends the grant. */
  private synchronized Answer rotate(Asked asked) {
    String presented = asked.form().getOrDefault("refresh_token", "");
    if (!presented.equals(good)) {
      good = "none";
      return Answer.of(404, "");
    }
    good = presented + "+";
    return Answer.json(
        "{'access_token':'for "
            + presented
            + "','token_type':'Bearer','expires_in':10,'refresh_token':'"
            + good
            + "'}");
  }

  @Test
  void spentTokenAnsweredWithNotFoundIsADenial() throws Exception {
    try (TokenSupplier supplier = supplier()) {
      PercredError error = Suppliers.failure(supplier, Credential.of("spent"), clock);
      assertThat(error.code()).isEqualTo(TokensError.GRANT_REFUSED);
      assertThat(error.code().sqlState()).isEqualTo("28000");
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "400, invalid_grant",
    "401, invalid_client",
    "403, access_denied",
    "404, ''",
    "410, gone",
    "429, slow_down",
    "500, ''",
    "503, temporarily_unavailable",
    "200, ''"
  })
  void errorInBetweenDoesNotBringTheFirstTokenBack(int status, String code) throws Exception {
    try (TokenSupplier supplier = supplier()) {
      supply(supplier);
      clock.advance(Duration.ofSeconds(11));
      endpoint.answering(Answer.of(status, code.isEmpty() ? "" : "{\"error\":\"" + code + "\"}"));
      Suppliers.failure(supplier, Credential.of(GIVEN), clock);
      clock.advance(Duration.ofSeconds(11));
      endpoint.answering(this::rotate);

      assertThat(supply(supplier)).isEqualTo("for r+");
    }
    assertThat(presented()).containsExactly("r", "r+", "r+");
  }

  @Test
  void replacementCountsEvenIfTheAccessTokenBesideItCannotBeUsed() throws Exception {
    try (TokenSupplier supplier = supplier()) {
      endpoint.answering(
          asked -> {
            rotate(asked);
            return Answer.json("{'token_type':'Bearer','refresh_token':'r+'}");
          });
      Suppliers.failure(supplier, Credential.of(GIVEN), clock);
      clock.advance(Duration.ofSeconds(11));
      endpoint.answering(this::rotate);

      assertThat(supply(supplier)).isEqualTo("for r+");
    }
  }

  @Test
  void supplierThatIsMadeAnewPresentsWhatItsPredecessorGot() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (TokenSupplier supplier = supplier()) {
        supply(supplier);
      }
    }
    assertThat(presented()).containsExactly("r", "r+", "r++");
  }

  @Test
  void tokenThatWasReplacedInBetweenIsNotSentEither() throws Exception {
    try (TokenSupplier supplier = supplier()) {
      supply(supplier);
      clock.advance(Duration.ofSeconds(11));
      supply(supplier);
      Credential token = Suppliers.supply(supplier, Credential.of("r+"), clock);
      assertThat(token.token()).isEqualTo("for r++");
    }
  }

  @Test
  void anotherClientOrServerIsAnotherGrant() throws Exception {
    try (TokenSupplier supplier = supplier()) {
      supply(supplier);
    }
    endpoint.answering(
        Answer.json("{'access_token':'other','token_type':'Bearer','refresh_token':'o'}"));
    for (String[] other :
        new String[][] {
          {"percred.oauth.client-id", "other"},
          {"percred.oauth.token-endpoint", endpoint.url("/other")}
        }) {
      try (TokenSupplier supplier =
          Suppliers.of("refresh-token", Suppliers.at(endpoint.url("/token"), other), clock)) {
        supply(supplier);
      }
    }
    assertThat(presented()).containsExactly("r", "r", "r");
  }

  @Test
  void manyThreadsOfManySuppliersPresentEachTokenOnce() throws Exception {
    int threads = 16;
    ExecutorService callers = Executors.newFixedThreadPool(threads);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> outcomes = new ArrayList<>();
    try (TokenSupplier one = supplier();
        TokenSupplier other = supplier()) {
      for (int i = 0; i < threads; i++) {
        TokenSupplier supplier = i % 2 == 0 ? one : other;
        Credential caller = Credential.of(GIVEN, "principal" + i % 4);
        outcomes.add(
            callers.submit(
                () -> {
                  start.await();
                  return Suppliers.supply(supplier, caller, clock).token();
                }));
      }
      start.countDown();
      for (Future<String> outcome : outcomes) {
        assertThat(outcome.get(20, TimeUnit.SECONDS)).startsWith("for r");
      }
    } finally {
      callers.shutdownNow();
    }
    assertThat(presented()).doesNotHaveDuplicates().hasSizeGreaterThan(1);
  }

  @Test
  void supplierThatIsClosedWhileItWaitsForTheAnswerStillLearnsWhatReplacedTheToken()
      throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    endpoint.answering(
        asked -> {
          arrived.countDown();
          await(closed);
          return rotate(asked);
        });
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      TokenSupplier first = supplier();
      Future<String> outcome = caller.submit(() -> supply(first));
      await(arrived);
      first.close();
      closed.countDown();
      assertThat(outcome.get(20, TimeUnit.SECONDS)).isEqualTo("for r");
    } finally {
      caller.shutdownNow();
    }
    try (TokenSupplier second = supplier()) {
      assertThat(supply(second)).isEqualTo("for r+");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<String> presented() {
    return endpoint.asked().stream().map(asked -> asked.form().get("refresh_token")).toList();
  }

  private String supply(TokenSupplier supplier) throws Exception {
    return Suppliers.supply(supplier, Credential.of(GIVEN), clock).token();
  }

  private TokenSupplier supplier() throws Exception {
    return Suppliers.of("refresh-token", Suppliers.at(endpoint.url("/token")), clock);
  }
}
