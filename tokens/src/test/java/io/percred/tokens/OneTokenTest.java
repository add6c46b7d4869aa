package io.percred.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.spi.Verdict;
import io.percred.tokens.oauth.OAuthSupplierProvider;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.DroppingServer;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.rig.StrictEndpoint.Asked;
import io.percred.tokens.verify.IntrospectionVerifierProvider;
import io.percred.tokens.verify.RemoteVerifierProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the endpoint does with one token never decides about another. */
class OneTokenTest {
  private static final String ISSUED =
      "{'access_token':'db','issued_token_type':'urn:ietf:params:oauth:token-type:access_token',"
          + "'token_type':'Bearer','expires_in':60}";

  private final SetClock clock = new SetClock(Instant.parse("2026-11-28T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private final Recorder recorder = new Recorder();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 408, 413, 429, 431, 500, 502, 503, 504})
  void junkThatIntrospectionStumblesOverHarmsNobodyElse(int status) throws Exception {
    stumbling(status, Answer.json("{'active':true,'sub':'alice'}"));
    CredentialVerifier verifier = introspection();
    for (int i = 0; i < 20; i++) {
      assertThat(verify(verifier, "junk-" + i)).isNotInstanceOf(Verdict.Accepted.class);
      assertThat(verify(verifier, "junk")).isNotInstanceOf(Verdict.Accepted.class);
    }
    assertThat(verify(verifier, "good-of-alice")).isInstanceOf(Verdict.Accepted.class);
    for (int i = 0; i < 20; i++) {
      verify(verifier, "more-junk-" + i);
    }
    assertThat(verify(verifier, "good-of-bob")).isInstanceOf(Verdict.Accepted.class);
    assertThat(verify(verifier, "good-of-alice")).isInstanceOf(Verdict.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 413, 431, 500, 503})
  void tokensThatAreTooLongForTheServerHarmNobodyElse(int status) throws Exception {
    stumbling(status, Answer.json("{'user_id':'u','user_role':{'role':'editor'}}"));
    CredentialVerifier verifier = remote();
    for (int i = 0; i < 20; i++) {
      Verdict verdict = verify(verifier, i + "x".repeat(9000));
      assertThat(verdict)
          .isInstanceOf(status < 500 ? Verdict.Denied.class : Verdict.Unavailable.class);
    }
    assertThat(verify(verifier, "good-of-alice")).isInstanceOf(Verdict.Accepted.class);
    assertThat(recorder.breakerStates()).doesNotContain(status < 500 ? "open" : "none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"token-exchange", "refresh-token"})
  void callerWhoIsNotCachedIsServedThoughOthersMakeTheServerStumble(String name) throws Exception {
    stumbling(500, Answer.json(ISSUED));
    try (TokenSupplier supplier = supplier(name)) {
      for (int i = 0; i < 20; i++) {
        assertThat(supply(supplier, "junk-" + i)).isEqualTo("PERCRED-530");
      }
      assertThat(supply(supplier, "good-of-alice")).isEqualTo("db");
    }
  }

  @Test
  void tokenThatGetsNoAnswerHarmsNobodyElse() throws Exception {
    endpoint.answering(
        asked -> {
          if (!tokenIn(asked).startsWith("good")) {
            throw new IllegalStateException("ends the connection without an answer");
          }
          return Answer.json("{'active':true,'sub':'alice'}");
        });
    CredentialVerifier verifier = introspection();
    for (int i = 0; i < 10; i++) {
      assertThat(verify(verifier, "junk-" + i)).isInstanceOf(Verdict.Unavailable.class);
    }
    assertThat(verify(verifier, "good-of-alice")).isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void tokenThatStumblesAgainAndAgainIsHeldBackAlone() throws Exception {
    stumbling(500, Answer.json("{'active':true,'sub':'alice'}"));
    CredentialVerifier verifier = introspection();
    assertThat(verify(verifier, "good-of-alice")).isInstanceOf(Verdict.Accepted.class);
    for (int i = 0; i < 20; i++) {
      verify(verifier, "junk");
    }
    assertThat(endpoint.count()).isEqualTo(1 + 5);
    assertThat(recorder.breakerStates()).isEmpty();

    clock.advance(Duration.ofSeconds(1));
    verify(verifier, "junk");
    verify(verifier, "junk");
    assertThat(endpoint.count()).isEqualTo(1 + 5 + 1);
  }

  @Test
  void outageThatAllMeetOpensTheBreakerIsProbedAndEndsWithTheFirstAnswer() throws Exception {
    stumbling(500, Answer.json("{'active':true,'sub':'alice'}"));
    CredentialVerifier verifier = introspection();
    for (int i = 0; i < 8; i++) {
      assertThat(verify(verifier, "good-" + i)).isInstanceOf(Verdict.Accepted.class);
    }
    endpoint.answering(Answer.of(503, ""));
    for (int i = 0; i < 80; i++) {
      assertThat(verify(verifier, "good-" + i % 8)).isInstanceOf(Verdict.Unavailable.class);
    }
    assertThat(recorder.breakerStates()).containsExactly("open");
    assertThat(endpoint.count()).as("each found out for itself").isEqualTo(8 + 8);

    for (int second = 1; second <= 30; second++) {
      clock.advance(Duration.ofSeconds(1));
      for (int i = 0; i < 8; i++) {
        assertThat(verify(verifier, "good-" + i)).isInstanceOf(Verdict.Unavailable.class);
      }
    }
    assertThat(endpoint.count()).as("one probe a second").isEqualTo(8 + 8 + 30);

    stumbling(500, Answer.json("{'active':true,'sub':'alice'}"));
    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 8; i++) {
      assertThat(verify(verifier, "good-" + i)).isInstanceOf(Verdict.Accepted.class);
    }
    assertThat(recorder.breakerStates()).endsWith("closed");
  }

  @Test
  void connectionsThatALoadBalancerDroppedCostNoCallerAnything() throws Exception {
    try (DroppingServer behindBalancer = new DroppingServer("{'active':true,'sub':'alice'}")) {
      CredentialVerifier verifier = introspection(behindBalancer.url("/introspect"));
      for (int i = 0; i < 10; i++) {
        assertThat(verify(verifier, "good")).isInstanceOf(Verdict.Accepted.class);
        behindBalancer.drop(i % 2 == 0);
      }
    }
    assertThat(recorder.breakerStates()).isEmpty();
  }

  private void stumbling(int status, Answer forTheGood) {
    endpoint.answering(
        asked -> tokenIn(asked).startsWith("good") ? forTheGood : Answer.of(status, "{}"));
  }

  private static String tokenIn(Asked asked) {
    String authorization = String.valueOf(asked.headers().getFirst("Authorization"));
    if (authorization.startsWith("Bearer ")) {
      return authorization.substring("Bearer ".length());
    }
    Map<String, String> form = asked.form();
    for (String name : new String[] {"token", "subject_token", "refresh_token", "assertion"}) {
      if (form.containsKey(name)) {
        return form.get(name);
      }
    }
    return "";
  }

  private static Verdict verify(CredentialVerifier verifier, String token) {
    return verifier.verify(Credential.of(token), Contexts.TARGET);
  }

  private String supply(TokenSupplier supplier, String subject) {
    try {
      Credential token = supplier.supply(Contexts.supply(Credential.of(subject), clock));
      return token == null ? "none" : token.token();
    } catch (SupplyException e) {
      return e.error().code().stableCode();
    }
  }

  private CredentialVerifier introspection() throws Exception {
    return introspection(endpoint.url("/introspect"));
  }

  private CredentialVerifier introspection(String url) throws Exception {
    return new IntrospectionVerifierProvider()
        .create(
            Contexts.provider(GivenSettings.of("percred.introspection.url", url), clock, recorder));
  }

  private CredentialVerifier remote() throws Exception {
    return new RemoteVerifierProvider()
        .create(
            Contexts.provider(
                GivenSettings.of("percred.remote.url", endpoint.url("/jit")), clock, recorder));
  }

  private TokenSupplier supplier(String name) throws Exception {
    OAuthSupplierProvider provider =
        name.equals("token-exchange")
            ? new OAuthSupplierProvider.TokenExchange()
            : new OAuthSupplierProvider.RefreshToken();
    return provider.create(
        Contexts.provider(
            GivenSettings.of(
                "percred.oauth.token-endpoint", endpoint.url("/token"),
                "percred.oauth.client-id", "shop",
                "percred.oauth.client-secret", "correct horse"),
            clock,
            recorder));
  }
}
