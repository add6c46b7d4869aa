package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.runtime.ChosenInCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Handles whose only token came with the connection, as with tokens of ten minutes that a pool
 * fetches for each of its connections.
 */
@Timeout(120)
class LoginOnlyTokenIT extends LoginIT {
  private static final String LATER = "another-token-of-login-alice-which-is-long-enough";

  private String passwordUrl() {
    return loginUrl().replace("percred.login.user-claim=db.role", "user=login_alice")
        + "&percred.supplier=password&percred.sessions.idle-timeout=0";
  }

  private Properties password() {
    Properties properties = new Properties();
    properties.setProperty("password", tokenOf("login_alice"));
    return properties;
  }

  private void replaceToken() throws SQLException {
    database.asSuperuser("alter role login_alice password '" + LATER + "'");
  }

  @Test
  void handleWhoseOnlyTokenWasDeniedIsInvalid() throws Exception {
    try (Connection handle = handle(password(), ChosenInCode.NOTHING, passwordUrl())) {
      assertThat(ask(handle, CURRENT_USER)).isEqualTo("login_alice");
      assertThat(handle.isValid(1)).isTrue();
      handle.endRequest();
      replaceToken();

      SQLException denied = assertCode("PERCRED-230", "28000", () -> ask(handle, CURRENT_USER));
      assertThat(denied.getNextException().getSQLState()).isEqualTo("08003");
      assertThat(handle.isValid(1)).isFalse();
      database.asSuperuser("alter role login_alice password '" + tokenOf("login_alice") + "'");
      assertThat(ask(handle, CURRENT_USER)).isEqualTo("login_alice");
      assertThat(handle.isValid(1)).isTrue();
    }
  }

  @Test
  void handleOfACallerWhoComesWithTheRequestStaysValid() throws Exception {
    try (Connection handle = handle("percred.sessions.idle-timeout=0")) {
      replaceToken();
      as(
          caller("login_alice"),
          () -> {
            SQLException denied =
                assertCode("PERCRED-230", "28000", () -> ask(handle, CURRENT_USER));
            assertThat((Throwable) denied.getNextException()).isNull();
            assertThat(handle.isValid(1)).isTrue();
          });
    }
  }

  @Test
  void poolThatHasTheNextTokenGivesTheHandleUpAtTheFirstDenial() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(passwordUrl());
    config.setUsername("login_alice");
    config.setPassword(tokenOf("login_alice"));
    config.setMaximumPoolSize(1);
    HikariDataSource pool = closing(new HikariDataSource(config));
    assertThat(current(pool)).isEqualTo("login_alice");
    replaceToken();
    pool.getHikariConfigMXBean().setPassword(LATER);

    assertCode("PERCRED-230", "28000", () -> current(pool));
    assertThat(current(pool)).isEqualTo("login_alice");
  }

  private static String current(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return ask(connection, CURRENT_USER);
    }
  }
}
