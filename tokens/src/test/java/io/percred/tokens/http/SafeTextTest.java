package io.percred.tokens.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class SafeTextTest {
  @Test
  void whatLooksLikeATokenIsReplaced() {
    assertThat(SafeText.of("bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln, sorry"))
        .isEqualTo("bad token …, sorry");
    assertThat(SafeText.of("0123456789abcdef0123456789abcdef")).isEqualTo("…");
    assertThat(SafeText.of("invalid_grant (AADSTS50013: expired)"))
        .isEqualTo("invalid_grant (AADSTS50013: expired)");
  }

  @Test
  void textBecomesOneShortLine() {
    assertThat(SafeText.of("a\r\n\tb\u0000c\u001b[31m")).isEqualTo("a b c [31m");
    assertThat(SafeText.of("many words ".repeat(100))).hasSize(201).endsWith("…");
    assertThat(SafeText.name("k".repeat(100))).hasSize(81);
    assertThat(SafeText.name("a\nb")).isEqualTo("a b");
  }

  @Test
  void addressLosesWhatMayBeSecret() {
    assertThat(SafeText.of(URI.create("https://u:p@auth.example:8443/jit?code=s3cr3t#x")))
        .isEqualTo("https://auth.example:8443/jit");
    assertThat(SafeText.of(URI.create("https://auth.example"))).isEqualTo("https://auth.example");
  }
}
