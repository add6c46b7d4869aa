package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.rig.Login;
import io.percred.spi.Credential;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who logs in is what the server says, wherever pgjdbc has the name from: no caller becomes the
 * login role.
 */
class LoginOfTheServerIT extends ClaimsCallers {
  private static final String SERVICE_FILE = "org.postgresql.pgservicefile";
  private static final Login OTHER = new Login("other_login", "other-password");

  @BeforeEach
  void makeLogins() throws Exception {
    for (String name : new String[] {OTHER.user(), System.getProperty("user.name")}) {
      server.execute(
          "postgres",
          """
          do $$ begin
            if not exists (select from pg_roles where rolname = '%1$s') then
              create role "%1$s" login noinherit password 'other-password';
              grant web_red to "%1$s";
            end if;
          end $$
          """
              .formatted(name));
    }
  }

  @AfterEach
  void forgetServiceFile() {
    System.clearProperty(SERVICE_FILE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void loginRoleOfAServiceFileIsNobodysRole(String queryMode, @TempDir Path directory)
      throws Exception {
    serviceFile(directory, "user=" + OTHER.user(), "password=" + OTHER.password());
    Connection connection = open("?service=shop&preferQueryMode=" + queryMode, null);
    assertNobodyBecomes(OTHER.user(), connection);
  }

  @Test
  void loginRoleThatPgjdbcTakesFromTheOperatingSystemIsNobodysRole() throws Exception {
    Connection connection = open("", "other-password");
    assertNobodyBecomes(System.getProperty("user.name"), connection);
  }

  @Test
  void loginRoleIsThatOfTheConnectionWhenTheServiceFileChanges(@TempDir Path directory)
      throws Exception {
    serviceFile(directory, "user=" + OTHER.user(), "password=" + OTHER.password());
    assertNobodyBecomes(OTHER.user(), open("?service=shop", null));
    serviceFile(
        directory,
        "user=" + PublicApi.AUTHENTICATOR.user(),
        "password=" + PublicApi.AUTHENTICATOR.password());
    Connection connection = open("?service=shop", null);
    assertNobodyBecomes(PublicApi.AUTHENTICATOR.user(), connection);
    // Nor the one who logged in on another connection of the same configuration.
    assertRefused(OTHER.user(), connection);
  }

  @Test
  void listedLoginRoleIsARoleLikeAnyOther(@TempDir Path directory) throws Exception {
    serviceFile(directory, "user=" + OTHER.user(), "password=" + OTHER.password());
    Connection connection =
        open("?service=shop&percred.allowed-roles=web_red," + OTHER.user(), null);
    assertThat(asked(connection, withRole(OTHER.user()), ROLE)).isEqualTo(OTHER.user());
  }

  private void assertNobodyBecomes(String loginRole, Connection connection) throws Exception {
    assertThat(asked(connection, withRole("web_red"), "select session_user")).isEqualTo(loginRole);
    for (boolean autocommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autocommit);
      assertRefused(loginRole, connection);
      if (!autocommit) {
        connection.rollback();
      }
    }
    connection.setAutoCommit(true);
    assertThat(asked(connection, withRole("web_red"), ROLE)).isEqualTo("web_red");
  }

  private void assertRefused(String role, Connection connection) throws Exception {
    Credential token = withRole(role);
    SQLException refused = as(token, () -> failure(() -> ask(connection, ROLE)));
    assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("28000");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-213");
  }

  private Connection open(String parameters, @Nullable String password) throws SQLException {
    Properties properties = properties();
    properties.remove("user");
    properties.remove("password");
    properties.setProperty("percred.url.trusted", "true");
    if (password != null) {
      properties.setProperty("password", password);
    }
    return closing(DriverManager.getConnection(claimsUrl() + parameters, properties));
  }

  private static void serviceFile(Path directory, String... lines) throws Exception {
    Path file = directory.resolve("pg_service.conf");
    Files.writeString(file, "[shop]\n" + String.join("\n", lines) + "\n");
    System.setProperty(SERVICE_FILE, file.toString());
  }
}
