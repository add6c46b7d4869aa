package io.percred.postgres.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoginRulesTest {
  private static final Credential TOKEN = Credential.of("token", "alice");

  private final LoginRules rules = new LoginRules("role", false, false);

  @Test
  void claimIsFoundByItsNameOrByThePathToIt() throws SQLException {
    Credential claims =
        TOKEN.withClaims(
            Map.of(
                "role", "one",
                "https://id.example/role", "two",
                "app", Map.of("db", Map.of("role", "three"))));
    assertThat(rules.claimedUser(claims, "role")).isEqualTo("one");
    assertThat(rules.claimedUser(claims, "https://id.example/role")).isEqualTo("two");
    assertThat(rules.claimedUser(claims, "app.db.role")).isEqualTo("three");
  }

  @Test
  void whatNamesNobodyIsRefused() {
    assertRefused(TOKEN, "role");
    Credential claims =
        TOKEN.withClaims(
            Map.of(
                "empty", " ",
                "list", List.of("a"),
                "long", "x".repeat(64),
                "wide", "ü".repeat(32),
                "nul", "a\0b",
                "app", Map.of("role", "x")));
    for (String path :
        List.of("absent", "empty", "list", "long", "wide", "nul", "app", "app.x", "empty.x")) {
      assertRefused(claims, path);
    }
  }

  private void assertRefused(Credential credential, String path) {
    SQLException refused =
        catchThrowableOfType(SQLException.class, () -> rules.claimedUser(credential, path));
    assertThat(PercredError.stableCodeOf(refused)).as(path).isEqualTo("PERCRED-234");
    assertThat(refused.getSQLState()).isEqualTo("28000");
  }
}
