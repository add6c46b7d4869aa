package io.percred.postgres.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoleRulesTest {
  private static final Set<String> LOGINS = Set.of("login", "other");

  private final RoleRules any = new RoleRules(null);

  @ParameterizedTest
  @ValueSource(strings = {"web", "Web User", "null", "ünïcode", " none", "none_of_it", "\"x\""})
  void rolesThatCanBeSent(String role) {
    assertThat(any.problemWith(role, LOGINS)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none", "NONE", "nOnE", "a\0b", "login"})
  void rolesThatMustNotBeSent(String role) {
    assertThat(any.problemWith(role, LOGINS)).isNotNull();
  }

  @Test
  void lengthIsCountedInBytes() {
    assertThat(any.problemWith("r".repeat(63), LOGINS)).isNull();
    assertThat(any.problemWith("r".repeat(64), LOGINS)).contains("63 bytes");
    assertThat(any.problemWith("ü".repeat(31), LOGINS)).isNull();
    assertThat(any.problemWith("ü".repeat(32), LOGINS)).contains("63 bytes");
  }

  @Test
  void listAllowsWhatItNames() {
    RoleRules rules = new RoleRules(" web , app,, none");
    assertThat(rules.problemWith("web", LOGINS)).isNull();
    assertThat(rules.problemWith("app", LOGINS)).isNull();
    assertThat(rules.problemWith("we", LOGINS)).contains("percred.allowed-roles");
    assertThat(rules.problemWith("Web", LOGINS)).contains("percred.allowed-roles");
    assertThat(rules.problemWith("none", LOGINS)).contains("login role");
  }

  @Test
  void patternMustMatchTheWholeName() {
    RoleRules rules = new RoleRules("/web_.*|login/");
    assertThat(rules.problemWith("web_user", LOGINS)).isNull();
    assertThat(rules.problemWith("a_web_user", LOGINS)).contains("percred.allowed-roles");
    assertThat(rules.problemWith("login", LOGINS)).contains("does not list");
    assertThatThrownBy(() -> new RoleRules("/(/")).isInstanceOf(PatternSyntaxException.class);
  }

  @Test
  void loginRoleMayBeListed() {
    assertThat(new RoleRules("login").problemWith("login", LOGINS)).isNull();
    assertThat(new RoleRules(null).problemWith("login", Set.of())).isNull();
  }
}
