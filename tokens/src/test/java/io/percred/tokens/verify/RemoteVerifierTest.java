package io.percred.tokens.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.rig.StrictEndpoint.Asked;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteVerifierTest {
  private static final Credential TOKEN = Credential.of("sbp_0102030405");
  private static final String GRANTED = "{'user_id':'u-1','user_role':{'role':'editor'}}";

  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private final Recorder recorder = new Recorder();
  private CredentialVerifier verifier;

  @BeforeEach
  void create() throws Exception {
    GivenSettings settings =
        GivenSettings.of(
            "percred.remote.url", endpoint.url("/jit"),
            "percred.http.timeout", "500ms",
            "percred.breaker.failures", "3",
            "percred.breaker.open-for", "60s");
    verifier = new RemoteVerifierProvider().create(Contexts.provider(settings, clock, recorder));
  }

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void roleAndAddressAreAskedForWithTheTokenAsBearer() {
    endpoint.answering(Answer.json(GRANTED));

    Verdict verdict = ask();

    Asked asked = endpoint.asked().get(0);
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.body()).isEqualTo("{\"role\":\"editor\",\"rhost\":\"192.0.2.7\"}");
    assertThat(asked.headers().getFirst("Authorization")).isEqualTo("Bearer sbp_0102030405");
    assertThat(asked.headers().getFirst("Content-Type")).isEqualTo("application/json");
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Accepted.class,
            accepted ->
                assertThat(accepted.credential().principal())
                    .isEqualTo("u-1 - " + endpoint.url("/jit")));
  }

  @Test
  void addressThatIsNotKnownIsLeftOut() {
    endpoint.answering(Answer.json(GRANTED));
    verifier.verify(TOKEN, new Target("jdbc:postgresql://db/x", "editor", null));
    assertThat(endpoint.asked().get(0).body()).isEqualTo("{\"role\":\"editor\"}");
  }

  @Test
  void revocationHoldsAtTheVeryNextUse() {
    endpoint.answering(Answer.json(GRANTED));
    assertThat(ask()).isInstanceOf(Verdict.Accepted.class);
    endpoint.answering(Answer.of(401, ""));
    assertThat(ask()).isEqualTo(new Verdict.Denied(endpoint.url("/jit"), "HTTP 401"));
    endpoint.answering(Answer.json(GRANTED));
    assertThat(ask()).isInstanceOf(Verdict.Accepted.class);
    assertThat(endpoint.count()).as("never remembered").isEqualTo(3);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | {'user_id':'u','user_role':{'role':'editor'}} | Accepted",
        "200 | {'user_role':{'role':'editor'}} | Accepted",
        "200 | {'user_id':'u','user_role':{'role':'postgres'}} | Denied",
        "200 | {'user_id':'u','user_role':{'role':'EDITOR'}} | Denied",
        "401 | {} | Denied",
        "403 | {} | Denied",
        "200 | {'user_id':'u'} | Unavailable",
        "200 | {'user_id':'u','user_role':'editor'} | Unavailable",
        "200 | <html>editor</html> | Unavailable",
        "200 | ~~ | Unavailable",
        "204 | {} | Unavailable",
        "302 | {} | Unavailable",
        "400 | {} | Denied",
        "404 | {} | Misconfigured",
        "406 | {} | Misconfigured",
        "408 | {} | Unavailable",
        "413 | {} | Denied",
        "422 | {} | Denied",
        "431 | {} | Denied",
        "429 | {} | Unavailable",
        "500 | {} | Unavailable",
        "503 | {} | Unavailable"
      })
  void answersHaveFourMeanings(int status, String body, String outcome) {
    endpoint.answering(
        status == 204 ? Answer.of(204, "") : Answer.of(status, body.replace('\'', '"')));
    assertThat(ask().getClass().getSimpleName()).isEqualTo(outcome);
  }

  @Test
  void breakerOpensAfterTheConfiguredOutagesAndSaysSinceWhenWhyAndUntilWhen() {
    Instant start = clock.instant();
    endpoint.close();
    for (int i = 0; i < 3; i++) {
      assertThat(ask()).isInstanceOf(Verdict.Unavailable.class);
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(ask())
        .isEqualTo(
            new Verdict.Unavailable(
                endpoint.url("/jit"),
                "connection refused or host not found",
                3,
                start,
                start.plusSeconds(2 + 60)));
    assertThat(recorder.breakerStates()).containsExactly("open");
  }

  @Test
  void oneProbeFindsOutThatTheProviderIsBack() {
    endpoint.answering(Answer.of(500, ""));
    for (int i = 0; i < 3; i++) {
      ask();
    }
    endpoint.answering(Answer.json(GRANTED));
    assertThat(ask()).isInstanceOf(Verdict.Unavailable.class);
    clock.advance(Duration.ofSeconds(61));

    assertThat(ask()).isInstanceOf(Verdict.Accepted.class);
    assertThat(ask()).isInstanceOf(Verdict.Accepted.class);
    assertThat(endpoint.count()).isEqualTo(5);
    assertThat(recorder.breakerStates()).containsExactly("open", "half-open", "closed");
  }

  @Test
  void denialsNeverOpenTheBreaker() {
    endpoint.answering(Answer.of(403, ""));
    for (int i = 0; i < 20; i++) {
      assertThat(ask()).isInstanceOf(Verdict.Denied.class);
    }
    assertThat(endpoint.count()).isEqualTo(20);
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void denialBetweenOutagesEndsTheirRow() {
    for (int i = 0; i < 6; i++) {
      endpoint.answering(Answer.of(i % 2 == 0 ? 500 : 403, ""));
      ask();
    }
    assertThat(endpoint.count()).isEqualTo(6);
    assertThat(recorder.breakerStates()).isEmpty();
  }

  @Test
  void providerThatDoesNotAnswerIsUnavailableAfterTheTimeout() {
    endpoint.silent();
    assertThat(ask())
        .isInstanceOfSatisfying(
            Verdict.Unavailable.class,
            outage -> assertThat(outage.reason()).isEqualTo("no answer within 500ms"));
  }

  @Test
  void tenMegabytesAreUnavailable() {
    endpoint.answering(Answer.large(10L << 20));
    assertThat(ask())
        .isInstanceOfSatisfying(
            Verdict.Unavailable.class,
            outage -> assertThat(outage.reason()).isEqualTo("answered more than 512 KiB"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"line\r\nX-Forged: 1", "pass word", "päss", "tab\t"})
  void whatCannotBeSentInAHeaderIsDeniedAndNotSent(String token) {
    assertThat(verifier.verify(Credential.of(token), Contexts.TARGET))
        .isInstanceOf(Verdict.Denied.class);
    assertThat(endpoint.count()).isZero();
  }

  @Test
  void connectionWithoutALoginRoleIsAMatterOfConfiguration() {
    assertThat(verifier.verify(TOKEN, new Target("jdbc:postgresql://db/x", null, null)))
        .isInstanceOfSatisfying(
            Verdict.Misconfigured.class,
            wrong -> assertThat(wrong.error().code()).isEqualTo(TokensError.NO_LOGIN_ROLE));
  }

  @Test
  void addressIsNeeded() {
    assertThatThrownBy(
            () -> new RemoteVerifierProvider().create(Contexts.provider(GivenSettings.of(), clock)))
        .hasMessageContaining("percred.remote.url");
  }

  private Verdict ask() {
    return verifier.verify(TOKEN, Contexts.TARGET);
  }
}
