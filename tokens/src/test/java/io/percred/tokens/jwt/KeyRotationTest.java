package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {
  private static final JWK OLD = GeneratedKeys.generate("P-256", "old");
  private static final JWK NEW = GeneratedKeys.generate("P-256", "new");

  private final SetClock clock = new SetClock(Instant.ofEpochSecond(1_800_000_000L));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private CredentialVerifier verifier;

  @BeforeEach
  void publishTheOldKey() throws Exception {
    endpoint.answering(set(OLD));
    verifier = verifier(endpoint.url("/jwks"));
  }

  @AfterEach
  void close() {
    verifier.close();
    endpoint.close();
  }

  @Test
  void newKeyIsPickedUpWithoutRestartWhenATokenNamesIt() {
    assertThat(outcome(OLD)).isEqualTo("ok");
    endpoint.answering(set(OLD, NEW));
    clock.advance(Duration.ofSeconds(11));

    assertThat(outcome(NEW)).isEqualTo("ok");
    assertThat(outcome(OLD)).isEqualTo("ok");
    assertThat(endpoint.count()).isEqualTo(2);
  }

  @Test
  void removedKeyIsDroppedWithTheSignaturesItVerified() throws Exception {
    Credential byOld = Credential.of(token(OLD));
    assertThat(outcome(byOld)).isEqualTo("ok");
    endpoint.answering(set(NEW));

    clock.advance(Duration.ofMinutes(5).plusSeconds(1));
    eventually(() -> outcome(byOld), "there is no key with its key id old");
    assertThat(outcome(NEW)).isEqualTo("ok");
  }

  @Test
  void inventedKeyIdsCauseOneRequestInTenSeconds() {
    assertThat(outcome(OLD)).isEqualTo("ok");
    clock.advance(Duration.ofSeconds(11));
    for (int i = 0; i < 20; i++) {
      JWK invented = GeneratedKeys.generate("P-256", "invented-" + i);
      assertThat(outcome(invented)).startsWith("there is no key");
    }
    assertThat(endpoint.count()).isEqualTo(2);

    clock.advance(Duration.ofSeconds(10));
    assertThat(outcome(NEW)).startsWith("there is no key");
    assertThat(endpoint.count()).isEqualTo(3);
  }

  @Test
  void keysAreReadAtMostOnceInFiveMinutesOtherwise() {
    for (int i = 0; i < 29; i++) {
      assertThat(outcome(OLD)).isEqualTo("ok");
      clock.advance(Duration.ofSeconds(10));
    }
    assertThat(endpoint.count()).isEqualTo(1);
  }

  @Test
  void oldKeysStayInForceForAnHourWhileTheEndpointIsDown() {
    assertThat(outcome(OLD)).isEqualTo("ok");
    endpoint.answering(Answer.of(503, ""));

    clock.advance(Duration.ofMinutes(59));
    assertThat(outcome(OLD)).isEqualTo("ok");
    clock.advance(Duration.ofMinutes(2));
    assertThat(verify(Credential.of(token(OLD)))).isInstanceOf(Verdict.Unavailable.class);
  }

  @Test
  void emptySetDeniesEverybody() {
    endpoint.answering(Answer.json("{'keys':[]}"));
    assertThat(outcome(OLD)).startsWith("there is no key");
  }

  @Test
  void unusableAnswersAreOutagesAndNotDenials() throws Exception {
    for (Answer answer :
        List.of(
            Answer.of(404, ""),
            Answer.of(500, "oops"),
            Answer.json("<html>"),
            Answer.json("{'keys':[" + TestKeys.class.getName() + "]}"),
            Answer.redirect("https://elsewhere.example/"),
            Answer.large(10L << 20))) {
      endpoint.answering(answer);
      try (CredentialVerifier fresh = verifier(endpoint.url("/jwks"))) {
        Verdict verdict = fresh.verify(Credential.of(token(OLD)), Contexts.TARGET);
        assertThat(verdict).isInstanceOf(Verdict.Unavailable.class);
      }
    }
  }

  @Test
  void endpointThatPublishesASharedSecretIsNotBelieved() {
    endpoint.answering(Answer.of(200, new JWKSet(GeneratedKeys.of("oct")).toString(false)));

    Verdict verdict = verify(Credential.of(token(OLD)));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Unavailable.class,
            outage -> assertThat(outage.reason()).contains("secret or private key"));
  }

  @Test
  void keyFileThatChangesIsReadAgain(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("jwks.json");
    Files.writeString(file, new JWKSet(OLD.toPublicJWK()).toString());
    try (CredentialVerifier byFile = verifier("file:" + file)) {
      assertThat(reason(byFile.verify(Credential.of(token(OLD)), Contexts.TARGET))).isEqualTo("ok");
      Files.writeString(file, new JWKSet(NEW.toPublicJWK()).toString());
      clock.advance(Duration.ofSeconds(11));

      assertThat(reason(byFile.verify(Credential.of(token(NEW)), Contexts.TARGET))).isEqualTo("ok");
      assertThat(reason(byFile.verify(Credential.of(token(OLD)), Contexts.TARGET)))
          .isEqualTo("there is no key with its key id old");
    }
  }

  /** The refresh runs on another thread; asks until it is done, for at most ten seconds. */
  private static void eventually(Callable<String> actual, String expected) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (!expected.equals(actual.call()) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(actual.call()).isEqualTo(expected);
  }

  private static Answer set(JWK... keys) {
    return Answer.of(200, new JWKSet(List.of(keys)).toString());
  }

  private static String token(JWK key) {
    return TestKeys.sign(key, JWSAlgorithm.ES256, "{'iss':'a','sub':'alice'}");
  }

  private String outcome(JWK key) {
    return outcome(Credential.of(token(key)));
  }

  private String outcome(Credential credential) {
    return reason(verify(credential));
  }

  private Verdict verify(Credential credential) {
    return verifier.verify(credential, Contexts.TARGET);
  }

  private static String reason(Verdict verdict) {
    return verdict instanceof Verdict.Denied denied
        ? denied.reason()
        : verdict instanceof Verdict.Accepted ? "ok" : verdict.toString();
  }

  private CredentialVerifier verifier(String jwks) throws SQLException {
    return new JwtVerifierProvider()
        .create(Contexts.provider(GivenSettings.of("percred.jwt.jwks", jwks), clock));
  }
}
