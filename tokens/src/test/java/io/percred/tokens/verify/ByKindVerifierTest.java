package io.percred.tokens.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import io.percred.tokens.rig.SetClock;
import io.percred.tokens.rig.StrictEndpoint;
import io.percred.tokens.rig.StrictEndpoint.Answer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByKindVerifierTest {
  private static final String SECRET = "a passphrase of more than thirty-two bytes";

  private final SetClock clock = new SetClock(Instant.ofEpochSecond(1_800_000_000));
  private final StrictEndpoint endpoint = new StrictEndpoint();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @Test
  void tokenOfEachKindTakesItsOwnPath() throws Exception {
    endpoint.answering(
        asked ->
            asked.path().equals("/jit")
                ? Answer.json("{'user_id':'pat','user_role':{'role':'editor'}}")
                : Answer.json("{'active':true,'sub':'password'}"));
    CredentialVerifier verifier =
        verifier(
            "percred.verifier.by-kind.pat", "remote",
            "percred.verifier.by-kind.jwt", "jwt",
            "percred.verifier.by-kind.password", "introspection",
            "percred.pat-prefix", "sbp_, pat-");

    assertThat(principal(verifier, "sbp_123")).startsWith("pat ");
    assertThat(principal(verifier, "pat-123")).startsWith("pat ");
    assertThat(principal(verifier, jwt())).startsWith("jwt ");
    assertThat(principal(verifier, "hunter2")).startsWith("password ");
    assertThat(endpoint.asked())
        .extracting(StrictEndpoint.Asked::path)
        .containsExactly("/jit", "/jit", "/introspect");
  }

  @Test
  void kindWithoutAVerifierIsDeniedNamingTheProperty() throws Exception {
    CredentialVerifier verifier = verifier("percred.verifier.by-kind.jwt", "jwt");

    assertThat(verifier.verify(Credential.of("hunter2"), Contexts.TARGET))
        .isEqualTo(
            new Verdict.Denied(
                "by-kind",
                "a token of the kind password is not accepted:"
                    + " percred.verifier.by-kind.password is not set"));
  }

  @Test
  void noneAcceptsAsItIsAndVouchesForNoPrincipal() throws Exception {
    CredentialVerifier verifier = verifier("percred.verifier.by-kind.password", "none");
    Credential password = Credential.of("hunter2");

    Verdict verdict = verifier.verify(password, Contexts.TARGET);

    assertThat(verdict).isEqualTo(new Verdict.Accepted(password));
    assertThat(((Verdict.Accepted) verdict).credential().hasTrustedPrincipal()).isFalse();
  }

  @Test
  void kindsOfTheSameVerifierShareItsBreaker() throws Exception {
    endpoint.answering(Answer.of(500, ""));
    CredentialVerifier verifier =
        verifier(
            "percred.verifier.by-kind.pat", "remote",
            "percred.verifier.by-kind.password", "remote",
            "percred.pat-prefix", "sbp_",
            "percred.breaker.failures", "2");
    for (String token : new String[] {"sbp_1", "hunter2", "sbp_1", "hunter2"}) {
      assertThat(verifier.verify(Credential.of(token), Contexts.TARGET))
          .isInstanceOf(Verdict.Unavailable.class);
    }
    assertThat(endpoint.count()).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "sbp_x, PAT",
    "sbp_eyJ.eyJ.x, PAT",
    "eyJa.eyJb.c, JWT",
    "eyJa.eyJb., JWT",
    "eyJa.b.c, PASSWORD",
    "eyJa.eyJb, PASSWORD",
    "eyJa.eyJb.c.d, PASSWORD",
    "eyJa.eyJb.c.d.e, PASSWORD",
    "SBP_x, PASSWORD",
    "..., PASSWORD"
  })
  void kindIsToldByTheLook(String token, TokenKind kind) {
    assertThat(TokenKind.of(token, List.of("sbp_"))).isEqualTo(kind);
  }

  @Test
  void wrongConfigurationIsRefusedAtOnce() {
    assertThatThrownBy(() -> verifier("percred.verifier.by-kind.jwt", "jvt"))
        .hasMessageContaining("\"jvt\"")
        .hasMessageContaining("introspection, jwt, none, remote")
        .hasMessageContaining("PERCRED-505");
    assertThatThrownBy(() -> verifier("percred.verifier.by-kind.jwt", "by-kind"))
        .hasMessageContaining("PERCRED-505");
    assertThatThrownBy(() -> verifier("percred.verifier.by-kind.pat", "remote"))
        .hasMessageContaining("percred.pat-prefix");
    assertThatThrownBy(() -> verifier()).hasMessageContaining("percred.verifier.by-kind.jwt");
  }

  private static String principal(CredentialVerifier verifier, String token) {
    Verdict verdict = verifier.verify(Credential.of(token), Contexts.TARGET);
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).credential().principal();
  }

  private static String jwt() throws Exception {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256), new JWTClaimsSet.Builder().subject("jwt").build());
    token.sign(new MACSigner(SECRET));
    return token.serialize();
  }

  private CredentialVerifier verifier(String... properties) throws Exception {
    Map<String, String> values = new HashMap<>();
    values.put("percred.jwt.secret", SECRET);
    values.put("percred.remote.url", endpoint.url("/jit"));
    values.put("percred.introspection.url", endpoint.url("/introspect"));
    for (int i = 0; i < properties.length; i += 2) {
      values.put(properties[i], properties[i + 1]);
    }
    return new ByKindVerifierProvider().create(Contexts.provider(GivenSettings.of(values), clock));
  }
}
