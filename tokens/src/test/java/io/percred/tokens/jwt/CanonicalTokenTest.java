package io.percred.tokens.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Verdict;
import io.percred.tokens.rig.Contexts;
import io.percred.tokens.rig.GivenSettings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One token, one spelling; one name, one value. */
class CanonicalTokenTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final Clock clock = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);

  @ParameterizedTest
  @ValueSource(
      strings = {"!", "=", "==", "\n", "\r\n", " ", "\t", "Ω", "\u00a0", "\u0000", "+", "/", "%3D"})
  void tokenWithAForeignCharacterAnywhereIsDenied(String inserted) throws Exception {
    String good = TestKeys.hs256("{'iss':'a','sub':'alice'}");
    CredentialVerifier verifier = verifier();
    assertThat(reason(verifier, good)).isEqualTo("ok");
    for (int position = 0; position <= good.length(); position++) {
      String spelled = good.substring(0, position) + inserted + good.substring(position);
      assertThat(reason(verifier, spelled)).as("at %s", position).isNotEqualTo("ok");
    }
  }

  @Test
  void tokenWhoseLastCharacterHidesBitsIsDenied() throws Exception {
    // 32 bytes of signature are 43 characters, whose last one has two bits to spare.
    String good = TestKeys.hs256("{'iss':'a','sub':'alice'}");
    CredentialVerifier verifier = verifier();
    int last = ALPHABET.indexOf(good.charAt(good.length() - 1));
    for (int bits = 1; bits < 4; bits++) {
      String spelled = good.substring(0, good.length() - 1) + ALPHABET.charAt(last ^ bits);
      assertThat(reason(verifier, spelled)).contains("base64url");
    }
  }

  @Test
  void paddedTokenIsDeniedThoughItIsSignedThatWay() throws Exception {
    String payload = Base64URL.encode("{\"iss\":\"a\",\"sub\":\"al\"}").toString();
    assertThat(payload.length() % 4).isNotZero();
    JWSHeader header = new JWSHeader(JWSAlgorithm.HS256);
    String input = header.toBase64URL() + "." + payload + "=".repeat(4 - payload.length() % 4);
    String token =
        input
            + "."
            + TestKeys.macSigner(TestKeys.SECRET.getBytes(StandardCharsets.UTF_8))
                .sign(header, input.getBytes(StandardCharsets.US_ASCII));

    assertThat(reason(verifier(), token)).contains("base64url");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'sub':'alice','sub':'root'}",
        "{'sub':'alice','\\u0073ub':'root'}",
        "{'sub':'alice','app':{'role':'web','role':'root'}}",
        "{'sub':'alice','app':[1,{'x':[{'role':'web','role':'root'}]}]}",
        "{'sub':'alice','app':{'role':null,'role':null}}"
      })
  void claimThatStandsTwiceIsDeniedAtEveryDepth(String claims) throws Exception {
    assertThat(reason(verifier(), TestKeys.hs256(claims))).isEqualTo("its claims are not JSON");
  }

  @Test
  void sameNameInDifferentObjectsIsNoDuplicate() throws Exception {
    String claims = "{'sub':'alice','a':{'sub':1,'b':{'sub':2}},'c':[{'sub':3},{'sub':3}]}";
    assertThat(reason(verifier(), TestKeys.hs256(claims))).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'alg':'HS256','alg':'none'}",
        "{'alg':'HS256','typ':'JWT','typ':'at+jwt'}",
        "{'alg':'HS256','x':{'a':1,'a':2}}",
      })
  void headerThatSaysSomethingTwiceIsDenied(String header) throws Exception {
    assertThat(reason(verifier(), signed(header, "{\"sub\":\"alice\"}")))
        .isEqualTo("its header is not JSON");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"sub\":\"alice\"}}",
        "{\"sub\":\"alice\"} {}",
        "{\"sub\":\"alice\",}",
        "{sub:\"alice\"}",
        "{\"sub\":\"ali\nce\"}",
        "{\"sub\":\"alice\" /* comment */}",
        "{\"exp\":NaN}",
        "[{\"sub\":\"alice\"}]",
        "null",
        ""
      })
  void claimsThatAreNotStrictlyAnObjectAreDenied(String claims) throws Exception {
    assertThat(reason(verifier(), signed("{\"alg\":\"HS256\"}", claims)))
        .isEqualTo("its claims are not JSON");
  }

  @Test
  void claimsNestedWithoutEndAreDeniedAndNothingOverflows() throws Exception {
    String deep = "{\"sub\":\"alice\",\"x\":" + "[".repeat(9000) + "]".repeat(9000) + "}";
    assertThat(reason(verifier(), signed("{\"alg\":\"HS256\"}", deep)))
        .isEqualTo("its claims are not JSON");
  }

  @ParameterizedTest(name = "configured {0}, typ {1}: {2}")
  @CsvSource({
    "at+jwt, at+jwt, ok",
    "at+jwt, AT+JWT, ok",
    "at+jwt, application/at+jwt, ok",
    "application/at+jwt, at+jwt, ok",
    "'at+jwt,JWT', JWT, ok",
    "at+jwt, JWT, denied",
    "at+jwt, dpop+jwt, denied",
    "at+jwt, application/x/at+jwt, denied",
    "at+jwt, , denied",
    ", dpop+jwt, ok",
    ", , ok"
  })
  void typeIsCheckedWhereItIsConfigured(
      @Nullable String configured, @Nullable String typ, String outcome) throws Exception {
    CredentialVerifier verifier =
        configured == null ? verifier() : verifier("percred.jwt.typ", configured);
    JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.HS256);
    if (typ != null) {
      header.type(new JOSEObjectType(typ));
    }
    String token =
        TestKeys.sign(
            header.build(),
            TestKeys.macSigner(TestKeys.SECRET.getBytes(StandardCharsets.UTF_8)),
            "{'sub':'alice'}");

    String reason = reason(verifier, token);
    if (outcome.equals("ok")) {
      assertThat(reason).isEqualTo("ok");
    } else {
      assertThat(reason).contains("typ").contains("at+jwt");
    }
  }

  private static String signed(String header, String claims) throws Exception {
    String input = Base64URL.encode(header.replace('\'', '"')) + "." + Base64URL.encode(claims);
    byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
    return input
        + "."
        + TestKeys.macSigner(TestKeys.SECRET.getBytes(StandardCharsets.UTF_8))
            .sign(new JWSHeader(JWSAlgorithm.HS256), bytes);
  }

  private static String reason(CredentialVerifier verifier, String token) {
    Verdict verdict = verifier.verify(Credential.of(token), Contexts.TARGET);
    return verdict instanceof Verdict.Denied denied
        ? denied.reason()
        : verdict instanceof Verdict.Accepted ? "ok" : Objects.toString(verdict);
  }

  private CredentialVerifier verifier(String... more) throws Exception {
    String[] settings = new String[more.length + 2];
    settings[0] = "percred.jwt.secret";
    settings[1] = TestKeys.SECRET;
    System.arraycopy(more, 0, settings, 2, more.length);
    return new JwtVerifierProvider().create(Contexts.provider(GivenSettings.of(settings), clock));
  }
}
