package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleRulesTest {
  private final RoleRules any = new RoleRules(null, "login");

  @ParameterizedTest
  @ValueSource(strings = {"web", "Web User", "null", "ünïcode", " none", "none_of_it", "\"x\""})
  void rolesThatCanBeSent(String role) {
    assertThat(any.problemWith(role)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "NONE", "nOnE", "a\0b", "login"})
  void rolesThatMustNotBeSent(String role) {
    assertThat(any.problemWith(role)).isNotNull();
  }

  @Test
  void lengthIsCountedInBytes() {
    assertThat(any.problemWith("r".repeat(63))).isNull();
    assertThat(any.problemWith("r".repeat(64))).contains("63 bytes");
    assertThat(any.problemWith("ü".repeat(31))).isNull();
    assertThat(any.problemWith("ü".repeat(32))).contains("63 bytes");
  }

  @Test
  void listAllowsWhatItNames() {
    RoleRules rules = new RoleRules(" web , app,, none", "login");
    assertThat(rules.problemWith("web")).isNull();
    assertThat(rules.problemWith("app")).isNull();
    assertThat(rules.problemWith("we")).contains("percred.allowed-roles");
    assertThat(rules.problemWith("Web")).contains("percred.allowed-roles");
    assertThat(rules.problemWith("none")).contains("login role");
  }

  @Test
  void patternMustMatchTheWholeName() {
    RoleRules rules = new RoleRules("/web_.*|login/", "login");
    assertThat(rules.problemWith("web_user")).isNull();
    assertThat(rules.problemWith("a_web_user")).contains("percred.allowed-roles");
    assertThat(rules.problemWith("login")).contains("does not list");
    assertThatThrownBy(() -> new RoleRules("/(/", null)).isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void loginRoleMayBeListed() {
    assertThat(new RoleRules("login", "login").problemWith("login")).isNull();
    assertThat(new RoleRules(null, null).problemWith("login")).isNull();
  }
}
