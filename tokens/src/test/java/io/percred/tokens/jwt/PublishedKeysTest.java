package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.LogLines;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets of keys as providers publish them, and endpoints as they are. */
class PublishedKeysTest {
  private static final JWK GOOD = GeneratedKeys.generate("P-256", "good");
  private static final String GOOD_JSON = GOOD.toPublicJWK().toJSONString();

  private static final String RSA_N = GeneratedKeys.of("RSA").toRSAKey().getModulus().toString();

  private final SetClock clock = new SetClock(Instant.ofEpochSecond(1_800_000_000L));
  private final StrictEndpoint endpoint = new StrictEndpoint();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void endpointThatInsistsOnTheMediaTypeOfKeySetsIsAnswered() throws Exception {
    endpoint.answering(
        asked ->
            String.valueOf(asked.headers().getFirst("Accept")).contains("application/jwk-set+json")
                ? new Answer(
                    200,
                    "{\"keys\":[" + GOOD_JSON + "]}",
                    ("{\"keys\":[" + GOOD_JSON + "]}").length(),
                    Map.of("Content-Type", "application/jwk-set+json"))
                : Answer.of(406, ""));
    assertThat(outcome(verifier())).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/jwk-set+json", "*/*"})
  void everyDressOfJsonIsAskedFor(String type) throws Exception {
    endpoint.answering(Answer.of(200, "{\"keys\":[" + GOOD_JSON + "]}"));
    assertThat(outcome(verifier())).isEqualTo("ok");
    assertThat(endpoint.asked().get(0).headers().getFirst("Accept")).contains(type);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"RSA_N\",\"e\":\"AQAB\",\"x5c\":[\"no certificate\"]}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"RSA_N\",\"e\":\"AQAB\",\"x5c\":\"no array\"}",
        "{\"kty\":\"EC\",\"kid\":\"x\",\"crv\":\"P-1024\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
        "{\"kty\":\"EC\",\"kid\":\"x\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
        "{\"kty\":\"OKP\",\"kid\":\"x\",\"crv\":\"X448\",\"x\":\"AQAB\"}",
        "{\"kty\":\"AKP\",\"kid\":\"x\",\"alg\":\"ML-DSA-65\",\"pub\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"alg\":\"XS256\",\"n\":\"RSA_N\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":5,\"n\":\"RSA_N\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"e\":\"AQAB\"}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"\",\"e\":\"\"}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"RSA_N\",\"e\":\"AQAB\",\"use\":\"tls\"}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"RSA_N\",\"e\":\"AQAB\",\"use\":7}",
        "{\"kty\":\"RSA\",\"kid\":\"x\",\"n\":\"RSA_N\",\"e\":\"AQAB\",\"key_ops\":\"verify\"}",
        "{\"kid\":\"x\"}",
        "{}",
        "null",
        "\"a string\"",
        "[]",
        "17"
      })
  void keyThatIsNotUnderstoodIsPassedOverAndTheOthersCount(String odd) throws Exception {
    String key = odd.replace("RSA_N", RSA_N);
    for (String keys : List.of(key + "," + GOOD_JSON, GOOD_JSON + "," + key)) {
      endpoint.answering(Answer.of(200, "{\"keys\":[" + keys + "]}"));
      assertThat(outcome(verifier())).as("%s", keys).isEqualTo("ok");
    }
  }

  @Test
  void purposesThatNobodyKnowsDoNotHideTheOneThatCounts() throws Exception {
    String key = GOOD_JSON.replace("{", "{\"key_ops\":[\"verify\",\"prophesy\"],");
    endpoint.answering(Answer.of(200, "{\"keys\":[" + key + "]}"));
    assertThat(outcome(verifier())).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"use\":\"enc\",",
        "\"key_ops\":[\"encrypt\"],",
        "\"key_ops\":[],",
        "\"use\":\"enc\",\"key_ops\":[\"encrypt\"],"
      })
  void keyForAnotherPurposeVerifiesNothing(String purpose) throws Exception {
    endpoint.answering(
        Answer.of(200, "{\"keys\":[" + GOOD_JSON.replace("{", "{" + purpose) + "]}"));
    assertThat(outcome(verifier())).startsWith("there is no key");
  }

  @Test
  void whatIsPassedOverIsSaidOnceAndNeverForKeysOfAnotherPurpose() throws Exception {
    String odd = "{\"kty\":\"AKP\",\"kid\":\"of tomorrow\",\"alg\":\"ML-DSA-65\",\"pub\":\"AQAB\"}";
    String forEncryption = GOOD_JSON.replace("{", "{\"use\":\"enc\",").replace("good", "enc");
    String set = "{\"keys\":[" + odd + "," + forEncryption + "," + GOOD_JSON + "]}";
    try (LogLines lines = new LogLines(RefreshedKeys.class)) {
      CredentialVerifier verifier = verifier();
      for (int i = 0; i < 3; i++) {
        endpoint.answering(Answer.of(200, set + " ".repeat(i)));
        assertThat(outcome(verifier)).isEqualTo("ok");
        clock.advance(Duration.ofSeconds(11));
        assertThat(outcome(verifier, GeneratedKeys.generate("P-256", "new" + i)))
            .startsWith("there is no key");
      }
      assertThat(lines.warnings()).hasSize(1);
      assertThat(lines.warnings().get(0)).contains("of tomorrow").doesNotContain("AQAB", "enc");
    }
  }

  @Test
  void byteOrderMarkAndOtherCharsetsAreRead() throws Exception {
    String set = "{\"keys\":[" + GOOD_JSON.replace("good", "g\u00fct") + "]}";
    JWK key = GeneratedKeys.generate("P-256", "g\u00fct");
    String own =
        set.replace(GOOD_JSON.replace("good", "g\u00fct"), key.toPublicJWK().toJSONString());
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)) {
      String mark = charset.equals(StandardCharsets.UTF_8) ? "\ufeff" : "";
      endpoint.answeringBytes(
          (mark + own).getBytes(charset), "application/json; charset=\"" + charset.name() + "\"");
      assertThat(outcome(verifier(), key)).as("%s", charset).isEqualTo("ok");
    }
    endpoint.answeringBytes(own.getBytes(StandardCharsets.UTF_8), "text/plain; charset=no-such");
    assertThat(outcome(verifier(), key)).isEqualTo("ok");
  }

  @Test
  void setOfThousandsOfKeysIsCutAndSaidSo() throws Exception {
    String others =
        IntStream.range(0, 3000)
            .mapToObj(i -> GOOD_JSON.replace("good", "k" + i))
            .collect(Collectors.joining(","));
    endpoint.answering(Answer.of(200, "{\"keys\":[" + GOOD_JSON + "," + others + "]}"));
    try (LogLines lines = new LogLines(RefreshedKeys.class)) {
      assertThat(outcome(verifier())).isEqualTo("ok");
      assertThat(lines.warnings()).hasSize(1).first().asString().contains("3001");
    }
  }

  @Test
  void nameThatStandsTwiceInASetMakesItNone() throws Exception {
    endpoint.answering(Answer.of(200, "{\"keys\":[],\"keys\":[" + GOOD_JSON + "]}"));
    assertThat(outcome(verifier())).contains("Unavailable");
  }

  @Test
  @Timeout(60)
  void whoeverWaitsForTheFirstKeysWaitsForOneAnswer() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    endpoint.answering(
        asked -> {
          awaited(release);
          return Answer.of(503, "");
        });
    CredentialVerifier verifier = verifier("percred.http.timeout", "50s");
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      List<Thread> started = java.util.Collections.synchronizedList(new ArrayList<>());
      List<Future<String>> outcomes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        outcomes.add(
            threads.submit(
                () -> {
                  started.add(Thread.currentThread());
                  return outcome(verifier);
                }));
      }
      while (started.size() < 20
          || !started.stream().allMatch(PublishedKeysTest::isWaiting)
          || endpoint.count() == 0) {
        Thread.onSpinWait();
      }
      release.countDown();
      for (Future<String> outcome : outcomes) {
        assertThat(outcome.get()).contains("Unavailable").contains("HTTP 503");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(endpoint.count()).as("requests").isEqualTo(1);
  }

  @Test
  void tokenOfANewKeyIsNotDeniedWhileTheKeysCannotBeRead() throws Exception {
    endpoint.answering(Answer.of(200, "{\"keys\":[" + GOOD_JSON + "]}"));
    CredentialVerifier verifier = verifier();
    assertThat(outcome(verifier)).isEqualTo("ok");
    endpoint.answering(Answer.of(503, ""));
    clock.advance(Duration.ofSeconds(11));
    JWK rotated = GeneratedKeys.generate("P-256", "rotated");

    assertThat(outcome(verifier, rotated)).contains("Unavailable");
    assertThat(outcome(verifier, rotated)).as("a moment later").contains("Unavailable");
    assertThat(outcome(verifier)).isEqualTo("ok");
    JWK forger = GeneratedKeys.generate("P-256", "good");
    assertThat(outcome(verifier, forger)).isEqualTo("its signature is not by a configured key");
  }

  private static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String outcome(CredentialVerifier verifier) {
    return outcome(verifier, GOOD);
  }

  private static String outcome(CredentialVerifier verifier, JWK key) {
    String token = TestKeys.sign(key, JWSAlgorithm.ES256, "{'iss':'a','sub':'alice'}");
    Verdict verdict = verifier.verify(Credential.of(token), Contexts.TARGET);
    return verdict instanceof Verdict.Denied denied
        ? denied.reason()
        : verdict instanceof Verdict.Accepted ? "ok" : verdict.toString();
  }

  private CredentialVerifier verifier(String... more) throws Exception {
    String[] settings = new String[more.length + 2];
    settings[0] = "percred.jwt.jwks";
    settings[1] = endpoint.url("/jwks");
    System.arraycopy(more, 0, settings, 2, more.length);
    return new JwtVerifierProvider().create(Contexts.provider(GivenSettings.of(settings), clock));
  }
}
