package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.runtime.ChosenInCode;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A login whose password changes from one connection to the next, and the old ones die, as those of
 * AWS IAM and of Vault do.
 */
class ChangingPasswordIT extends ClaimsCallers {
  private static final Duration ROLES_ARE_KNOWN = Duration.ofMinutes(2);
  private static final String TIMEOUT = "select current_setting('statement_timeout')";

  private final ConnectionOpener opener =
      new ConnectionOpener(closing(new RuntimeRegistry()), clock);
  private int passwords;

  @BeforeEach
  void prepareLogin() throws Exception {
    server.execute(
        "postgres",
        """
        do $$ begin
          create role changing_login login noinherit;
          grant web_red to changing_login;
        exception when duplicate_object then null;
        end $$
        """);
  }

  @Test
  void connectionsOfAPoolLookAtTheLoginRoleOnceAndNeverWithADeadPassword() throws Exception {
    Credential red = withRole("web_red");
    int before = CountingSocketFactory.made();
    List<Connection> pool = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      pool.add(connectWithANewPassword());
    }
    assertThat(CountingSocketFactory.made() - before)
        .as("four connections, and one that looked at the login role")
        .isEqualTo(5);
    for (Connection each : pool) {
      assertThat(asked(each, red, ROLE)).isEqualTo("web_red");
    }

    for (int i = 0; i < 3; i++) {
      changePassword();
      clock.advance(ROLES_ARE_KNOWN);
      for (Connection each : pool) {
        assertThat(asked(each, red, TIMEOUT)).isEqualTo("31s");
      }
    }
    assertThat(CountingSocketFactory.made() - before)
        .as("one more login, by the last password, which the server refused")
        .isEqualTo(6);

    Connection newest = connectWithANewPassword();
    server.execute("postgres", "alter role web_red set statement_timeout = '32s'");
    try {
      clock.advance(ROLES_ARE_KNOWN);
      assertThat(asked(newest, red, TIMEOUT)).isEqualTo("32s");
      assertThat(asked(pool.get(0), red, TIMEOUT)).isEqualTo("32s");
    } finally {
      server.execute("postgres", "alter role web_red set statement_timeout = '31s'");
    }
    assertThat(CountingSocketFactory.made() - before).isEqualTo(8);
  }

  private Connection connectWithANewPassword() throws SQLException {
    changePassword();
    Properties properties =
        properties(
            "user",
            "changing_login",
            "password",
            "password " + passwords,
            "socketFactory",
            CountingSocketFactory.class.getName());
    return closing(
        opener.open(new ConnectionRequest(claimsUrl(), properties, ChosenInCode.NOTHING)));
  }

  private void changePassword() throws SQLException {
    passwords++;
    server.execute("postgres", "alter role changing_login password 'password " + passwords + "'");
  }
}
