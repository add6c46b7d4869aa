package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsJsonTest {
  @Test
  void everyKindOfValueIsWritten() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("text", "a \"b\" \\ \u0000 \n ü");
    claims.put("whole", 1_700_000_000L);
    claims.put("big", new BigInteger("123456789012345678901234567890"));
    claims.put("exact", new BigDecimal("0.10"));
    claims.put("truth", true);
    claims.put("nothing", null);
    claims.put("list", Arrays.asList("x", null, List.of()));
    claims.put("object", Map.of("a", Map.of()));
    claims.put("uri", URI.create("https://x.example"));
    claims.put("uuid", new UUID(1, 2));
    claims.put("constant", Thread.State.NEW);
    assertThat(ClaimsJson.write(claims))
        .isEqualTo(
            "{\"text\":\"a \\\"b\\\" \\\\ \\u0000 \\n ü\",\"whole\":1700000000,"
                + "\"big\":123456789012345678901234567890,\"exact\":0.10,\"truth\":true,"
                + "\"nothing\":null,\"list\":[\"x\",null,[]],\"object\":{\"a\":{}},"
                + "\"uri\":\"https://x.example\","
                + "\"uuid\":\"00000000-0000-0001-0000-000000000002\",\"constant\":\"NEW\"}");
  }

  @ParameterizedTest
  @CsvSource({"1.7E9,1700000000", "1700000000.5,1700000000.5", "0.0,0", "-0.25,-0.25", "100,100"})
  void fractionsAreWrittenWithoutExponent(double number, String expected) {
    assertThat(ClaimsJson.write(number)).isEqualTo(expected);
  }

  @Test
  void hugeFractionsKeepTheirExponent() {
    assertThat(ClaimsJson.write(1e300)).isEqualTo("1.0E300");
  }

  @Test
  @SuppressWarnings("JavaUtilDate") // Frameworks put them into claims.
  void timesBecomeNumericDates() {
    assertThat(ClaimsJson.write(Instant.ofEpochSecond(1_700_000_000))).isEqualTo("1700000000");
    assertThat(ClaimsJson.write(Instant.ofEpochMilli(1_700_000_000_250L)))
        .isEqualTo("1700000000.25");
    assertThat(ClaimsJson.write(new Date(1_700_000_000_000L))).isEqualTo("1700000000");
  }

  @Test
  void whatJsonHasNotIsRefusedByItsClass() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClaimsJson.write(Map.of("x", new StringBuilder("a").chars())))
        .withMessageStartingWith("they hold a value of class ");
    assertThatIllegalArgumentException().isThrownBy(() -> ClaimsJson.write(Double.NaN));
  }

  @Test
  void endlessClaimsAreRefused() {
    Map<String, Object> endless = new LinkedHashMap<>();
    endless.put("itself", endless);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClaimsJson.write(endless))
        .withMessageContaining("64 levels");
  }

  @Test
  void textIsWrittenAsItIs() {
    assertThat(ClaimsJson.textOf("a \"b\"")).isEqualTo("a \"b\"");
    assertThat(ClaimsJson.textOf(null)).isEmpty();
    assertThat(ClaimsJson.textOf(7)).isEqualTo("7");
    assertThat(ClaimsJson.textOf(List.of("a"))).isEqualTo("[\"a\"]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"a\":1.10,\"b\":[null,true,\"x\"],\"c\":{\"d\":12345678901234567890}}", "{}"})
  void whatIsReadIsWrittenAsItWas(String json) {
    assertThat(ClaimsJson.write(ClaimsJson.read(json))).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "\"x\"",
        "{",
        "{\"a\":1}x",
        "{a:1}",
        "{\"a\":NaN}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "null",
        "{\"a\":'x'}"
      })
  void otherTextsAreNoClaims(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClaimsJson.read(text))
        .withMessageMatching("it is not a JSON object|a name occurs twice.*|something follows.*");
  }

  @Test
  void deepTextsAreNoClaims() {
    String deep = "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);
    assertThatIllegalArgumentException().isThrownBy(() -> ClaimsJson.read(deep));
  }
}
