package io.percred.tokens.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.TokensError;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntrospectionVerifierTest {
  private static final Credential TOKEN = Credential.of("opaque");

  private final SetClock clock = new SetClock(Instant.ofEpochSecond(1_800_000_000));
  private final StrictEndpoint endpoint = new StrictEndpoint();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void tokenIsSentByAnAuthenticatedClientAndWhatIsToldComesBack() throws Exception {
    endpoint.answering(
        Answer.json("{'active':true,'sub':'alice','client_id':'web','exp':1800000600}"));

    Verdict verdict = ask(verifier());

    assertThat(endpoint.asked().get(0).form()).containsEntry("token", "opaque");
    assertThat(endpoint.asked().get(0).headers().getFirst("Authorization")).startsWith("Basic ");
    Credential accepted = ((Verdict.Accepted) verdict).credential();
    assertThat(accepted.principal()).isEqualTo("alice web " + endpoint.url("/introspect"));
    assertThat(accepted.expiry()).isEqualTo(Instant.ofEpochSecond(1_800_000_630));
    assertThat(accepted.claims()).containsEntry("sub", "alice").doesNotContainKey("active");
  }

  @Test
  void answerIsNotRemembered() throws Exception {
    CredentialVerifier verifier = verifier();
    endpoint.answering(Answer.json("{'active':true}"));
    assertThat(ask(verifier)).isInstanceOf(Verdict.Accepted.class);
    endpoint.answering(Answer.json("{'active':false}"));
    assertThat(ask(verifier))
        .isEqualTo(new Verdict.Denied(endpoint.url("/introspect"), "not active"));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | {'active':true} | Accepted",
        "200 | {'active':true,'exp':1799999970} | Accepted",
        "200 | {'active':true,'exp':1799999969} | Denied",
        "200 | {'active':true,'nbf':1800000031} | Denied",
        "200 | {'active':true,'exp':'soon'} | Denied",
        "200 | {'active':true,'aud':'other'} | Denied",
        "200 | {'active':false} | Denied",
        "200 | {'active':'true'} | Unavailable",
        "200 | {} | Unavailable",
        "200 | <html> | Unavailable",
        "401 | {} | Misconfigured",
        "403 | {} | Misconfigured",
        "400 | {} | Denied",
        "400 | oops | Denied",
        "400 | {'error':'invalid_request'} | Denied",
        "400 | {'error':'invalid_client'} | Misconfigured",
        "404 | {} | Misconfigured",
        "408 | {} | Unavailable",
        "413 | {} | Denied",
        "429 | {} | Unavailable",
        "431 | {} | Denied",
        "302 | {} | Unavailable",
        "500 | {} | Unavailable"
      })
  void answersHaveFourMeanings(int status, String body, String outcome) throws Exception {
    endpoint.answering(Answer.of(status, body.replace('\'', '"')));
    assertThat(ask(verifier()).getClass().getSimpleName()).isEqualTo(outcome);
  }

  @Test
  void refusedClientIsNamed() throws Exception {
    endpoint.answering(Answer.of(401, ""));
    assertThat(ask(verifier()))
        .isInstanceOfSatisfying(
            Verdict.Misconfigured.class,
            wrong -> {
              assertThat(wrong.error().code()).isEqualTo(TokensError.CLIENT_REFUSED);
              assertThat(wrong.error().message()).contains("\"shop\"");
            });
  }

  private static Verdict ask(CredentialVerifier verifier) {
    return verifier.verify(TOKEN, Contexts.TARGET);
  }

  private CredentialVerifier verifier() throws Exception {
    GivenSettings settings =
        GivenSettings.of(
            "percred.introspection.url", endpoint.url("/introspect"),
            "percred.oauth.client-id", "shop",
            "percred.oauth.client-secret", "correct horse",
            "percred.jwt.audience", "pg");
    return new IntrospectionVerifierProvider().create(Contexts.provider(settings, clock));
  }
}
