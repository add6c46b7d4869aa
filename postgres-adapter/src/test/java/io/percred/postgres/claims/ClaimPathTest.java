package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimPathTest {
  private static final Map<String, Object> CLAIMS =
      Map.of(
          "role", "top",
          "realm_access", Map.of("roles", List.of("first", "second")),
          "https://x.example/role", "url",
          "a", Map.of("b.c", Map.of("0", "digit", "d-e", "hyphen")),
          "7", "seven");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "role                            | top",
        "$.role                          | top",
        ".role                           | top",
        "$['role']                       | top",
        "$[\"role\"]                     | top",
        "\"role\"                        | top",
        ".\"role\"                       | top",
        "realm_access.roles[0]           | first",
        "$.realm_access.roles[1]         | second",
        "$['realm_access']['roles'][1]   | second",
        "\"https://x.example/role\"      | url",
        "$['https://x.example/role']     | url",
        "a['b.c'].d-e                    | hyphen",
        "a.\"b.c\".0                     | digit",
        "a['b.c']['0']                   | digit",
        "7                               | seven"
      })
  void pathFindsItsValue(String path, String expected) {
    ClaimPath.Found found = ClaimPath.parse(path).find(CLAIMS);
    assertThat(Objects.requireNonNull(found).value()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "roles",
        "role.x",
        "role[0]",
        "realm_access.roles[2]",
        "realm_access[0]",
        "a.b.c",
        "a[0]"
      })
  void pathFindsNothing(String path) {
    assertThat(ClaimPath.parse(path).find(CLAIMS)).isNull();
  }

  @Test
  void nullIsAValue() {
    Map<String, Object> claims = new HashMap<>();
    claims.put("role", null);
    claims.put("list", Arrays.asList("x", null));
    assertThat(ClaimPath.parse("role").find(claims)).isEqualTo(new ClaimPath.Found(null));
    assertThat(ClaimPath.parse("list[1]").find(claims)).isEqualTo(new ClaimPath.Found(null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$",
        ".",
        "a.",
        "a..b",
        "a b",
        "a[",
        "a[]",
        "a[-1]",
        "a[*]",
        "$..role",
        "a[?(@ == 1)]",
        "a[1234567]",
        "a['']",
        "\"\"",
        "a'b",
        "$role",
        "a[0]b"
      })
  void otherTextsAreNoPaths(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ClaimPath.parse(text));
  }

  @Test
  void longTextsAreReadInLinearTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ClaimPath.parse("a" + ".b".repeat(5_000) + "."));
    assertThat(ClaimPath.parse("a" + ".b".repeat(1_000)).find(CLAIMS)).isNull();
  }

  @Test
  void foundValueIsNotShown() {
    assertThat(new ClaimPath.Found("secret")).hasToString("Found");
    assertThat(ClaimPath.parse("$.a[0]")).hasToString("$.a[0]");
  }
}
