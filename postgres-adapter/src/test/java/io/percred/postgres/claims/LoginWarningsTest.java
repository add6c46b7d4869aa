package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.postgres.claims.LoginRole.Facts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginWarningsTest {
  private static final int NEW = 180_000;

  @Test
  void harmlessLoginIsNotWorthAWord() {
    assertThat(LoginWarnings.about(new Facts("app", false, false, false, "", NEW))).isEmpty();
  }

  @Test
  void eachDangerIsNamedWithItsRemedy() {
    assertThat(LoginWarnings.about(new Facts("app", false, true, true, "public.t", NEW)))
        .hasSize(3)
        .allMatch(each -> each.contains("\"app\"") && each.contains("Remedy: "))
        .anyMatch(each -> each.contains("BYPASSRLS"))
        .anyMatch(each -> each.contains("public.t"))
        .anyMatch(each -> each.contains("noinherit"));
  }

  @Test
  void superuserMakesTheOthersPointless() {
    assertThat(LoginWarnings.about(new Facts("app", true, true, true, "public.t", NEW)))
        .singleElement()
        .asString()
        .contains("superuser");
  }

  @ParameterizedTest
  @ValueSource(ints = {140_013, 150_008, 160_004, 170_000, 110_022, 90_624})
  void serverBeforeTheFixIsNamed(int version) {
    assertThat(LoginWarnings.about(new Facts("app", false, false, false, "", version)))
        .singleElement()
        .asString()
        .contains("CVE-2024-10976", "Remedy: update");
  }

  @ParameterizedTest
  @ValueSource(ints = {140_014, 150_009, 160_005, 170_001, 180_000, 190_000})
  void serverWithTheFixIsNot(int version) {
    assertThat(LoginWarnings.about(new Facts("app", false, false, false, "", version))).isEmpty();
  }
}
