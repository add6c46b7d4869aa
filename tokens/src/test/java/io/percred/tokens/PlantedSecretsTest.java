package io.percred.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import io.percred.spi.TokenSupplierProvider;
import io.percred.spi.Verdict;
import io.percred.tokens.jwt.JwtVerifierProvider;
import io.percred.tokens.oauth.OAuthSupplierProvider;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.ObjectGraph;
import io.percred.tokens.rig.Recorder;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import io.percred.tokens.verify.IntrospectionVerifierProvider;
import io.percred.tokens.verify.RemoteVerifierProvider;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants secrets and searches every log record at every level, every message, stack trace and
 * event, and every object that suppliers and verifiers consist of. The endpoint sends everything
 * back that it was sent.
 */
class PlantedSecretsTest {
  private static final String CLIENT_SECRET = "PL4NT3D client&secret";
  private static final String SUBJECT = "PL4NT3D-subject+/=";
  private static final String ISSUED = "PL4NT3D-issued";
  private static final String SIGNING = "PL4NT3D-signing-passphrase-of-thirty-two-bytes";
  private static final String PLANTED = "PL4NT3D";

  private final SetClock clock = new SetClock(Instant.parse("2026-11-21T12:00:00Z"));
  private final StrictEndpoint endpoint = new StrictEndpoint();
  private final Recorder recorder = new Recorder();
  private final StringBuilder seen = new StringBuilder();
  private final Logger root = Logger.getLogger("");
  private final Level formerLevel = root.getLevel();
  private final Path directory;
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          synchronized (seen) {
            seen.append(new SimpleFormatter().format(record));
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  PlantedSecretsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void listen() {
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.ALL);
  }

  @AfterEach
  void close() {
    root.removeHandler(handler);
    root.setLevel(formerLevel);
    endpoint.close();
  }

  @Test
  void suppliersTellNobody() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), CLIENT_SECRET);
    List<Answer> answers =
        List.of(
            Answer.of(400, "{\"error\":\"" + ISSUED + "\",\"error_description\":\"%s\"}"),
            Answer.of(401, "{\"error\":\"invalid_client\",\"error_description\":\"%s\"}"),
            Answer.of(400, "{\"error\":\"invalid_grant\",\"error_description\":\"%s\"}"),
            Answer.of(500, "%s"),
            Answer.json(ISSUED + " %s"),
            Answer.json("{'access_token':'" + ISSUED + "'}"),
            Answer.json(
                "{'access_token':'"
                    + ISSUED
                    + "','issued_token_type':'urn:ietf:params:oauth:token-type:access_token',"
                    + "'token_type':'Bearer','expires_in':60,'refresh_token':'"
                    + ISSUED
                    + "'}"));
    for (TokenSupplierProvider provider : providers()) {
      for (String method : List.of("client-secret-basic", "client-secret-post")) {
        for (Answer answer : answers) {
          endpoint.answering(asked -> echo(answer, asked.body()));
          try (TokenSupplier supplier =
              provider.create(
                  Contexts.provider(
                      settings(
                          "percred.oauth.client-auth",
                          method,
                          "percred.oauth.client-secret",
                          "file:" + secret),
                      clock,
                      recorder))) {
            ask(supplier);
            assertThat(ObjectGraph.textsOf(supplier, Credential.class))
                .noneMatch(text -> text.contains(PLANTED));
          }
        }
      }
    }
    assertNothingSeen();
    assertThat(endpoint.count()).isGreaterThan(40);
  }

  @Test
  void privateKeyStaysWhereItIs() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).generate();
    Path file = Files.writeString(directory.resolve("key"), key.toJSONString());
    endpoint.answering(
        asked ->
            echo(Answer.of(400, "{\"error\":\"x\",\"error_description\":\"%s\"}"), asked.body()));
    try (TokenSupplier supplier =
        new OAuthSupplierProvider.ClientCredentials()
            .create(
                Contexts.provider(
                    settings(
                        "percred.oauth.client-auth",
                        "private-key-jwt",
                        "percred.oauth.client-secret",
                        "file:" + file),
                    clock,
                    recorder))) {
      ask(supplier);
      String assertion = String.valueOf(endpoint.asked().get(0).form().get("client_assertion"));
      String secret = key.getPrivateExponent().toString();
      assertThat(ObjectGraph.textsOf(supplier, Credential.class))
          .noneMatch(text -> text.contains(secret) || text.contains(assertion));
      assertThat(everything()).doesNotContain(secret, assertion);
    }
  }

  @Test
  void verifiersTellNobody() throws Exception {
    List<CredentialVerifier> verifiers =
        List.of(
            new RemoteVerifierProvider().create(Contexts.provider(settings(), clock, recorder)),
            new IntrospectionVerifierProvider()
                .create(
                    Contexts.provider(
                        settings(
                            "percred.oauth.client-secret",
                            "file:" + Files.writeString(directory.resolve("s"), CLIENT_SECRET)),
                        clock,
                        recorder)),
            new JwtVerifierProvider()
                .create(
                    Contexts.provider(settings("percred.jwt.secret", SIGNING), clock, recorder)));
    for (CredentialVerifier verifier : verifiers) {
      for (Answer answer :
          List.of(
              Answer.of(401, "%s"),
              Answer.of(500, "%s"),
              Answer.json("%s"),
              Answer.json("{'active':false,'reason':'%s','user_role':{'role':'%s'}}"))) {
        endpoint.answering(asked -> echo(answer, SUBJECT + asked.body()));
        for (String token :
            List.of(
                SUBJECT, "eyJhbGciOiJIUzI1NiJ9.e30." + SUBJECT, SUBJECT + "." + SUBJECT + ".x")) {
          Verdict verdict = verifier.verify(Credential.of(token), Contexts.TARGET);
          note(verdict);
          if (verdict instanceof Verdict.Misconfigured wrong) {
            note(wrong.error().toSqlException());
          }
        }
      }
      note(verifier);
      // The key of HS256 is needed at every use, so the JOSE library holds it.
      assertThat(ObjectGraph.textsOf(verifier, Credential.class, MACVerifier.class))
          .noneMatch(text -> text.contains(PLANTED));
    }
    assertNothingSeen();
  }

  @Test
  void refusedConfigurationTellsNobody() {
    for (String[] wrong :
        new String[][] {
          {"percred.jwt.secret", "PL4NT3D-too-short"},
          {"percred.jwt.secret", "{\"kty\":\"oct\",\"k\":\"" + SIGNING + "\""},
          {"percred.jwt.jwks", "{\"kty\":\"oct\",\"k\":\"" + SIGNING + "\"}"},
          {"percred.jwt.jwks", PLANTED},
          {"percred.jwt.jwks", "https://u:" + PLANTED + "@auth.example/jwks"}
        }) {
      Throwable refused =
          catchThrowable(
              () ->
                  new JwtVerifierProvider()
                      .create(Contexts.provider(settings(wrong), clock, recorder)));
      assertThat(refused).isNotNull();
      note(refused);
    }
    assertNothingSeen();
  }

  private void ask(TokenSupplier supplier) throws Exception {
    try {
      note(supplier.supply(Contexts.supply(Credential.of(SUBJECT), clock)));
    } catch (SupplyException e) {
      PercredError error = e.error();
      note(e);
      note(error);
      note(error.toSqlException());
    }
    note(supplier);
  }

  private static List<TokenSupplierProvider> providers() {
    return List.of(
        new OAuthSupplierProvider.ClientCredentials(),
        new OAuthSupplierProvider.RefreshToken(),
        new OAuthSupplierProvider.TokenExchange(),
        new OAuthSupplierProvider.JwtBearer());
  }

  private GivenSettings settings(String... more) {
    Map<String, String> values = new HashMap<>();
    values.put("percred.oauth.token-endpoint", endpoint.url("/token"));
    values.put("percred.oauth.client-id", "shop");
    values.put("percred.remote.url", endpoint.url("/jit"));
    values.put("percred.introspection.url", endpoint.url("/introspect"));
    values.put("percred.breaker.failures", "1000");
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return GivenSettings.of(values);
  }

  private static Answer echo(Answer answer, String sent) {
    return Answer.of(answer.status(), answer.body().replace("%s", sent + " " + CLIENT_SECRET));
  }

  private void note(@Nullable Object object) {
    synchronized (seen) {
      seen.append(object).append('\n');
      if (object instanceof Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        seen.append(trace);
      }
    }
  }

  private String everything() {
    List<Object> all = new ArrayList<>(recorder.events());
    synchronized (seen) {
      all.add(seen.toString());
    }
    return all.toString();
  }

  private void assertNothingSeen() {
    assertThat(everything()).isNotEmpty().doesNotContain(PLANTED);
  }
}
