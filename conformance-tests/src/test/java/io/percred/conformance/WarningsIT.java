package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.DecoratedDataSource;
import io.percred.PercredDataSource;
import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What would be silent and wrong is said aloud, once per configuration, with the remedy. */
class WarningsIT extends PostgresIT {
  // Held, or the handler would be lost with it.
  private final Logger logger = Logger.getLogger("io.percred");
  private final Warnings warnings = new Warnings();

  @BeforeEach
  void listen() {
    logger.addHandler(warnings);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(warnings);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void superuserIsWarnedOfInModeSettingOncePerConfiguration(boolean pooled) throws Exception {
    Login superuser = server.superuser();
    if (pooled) {
      try (HikariDataSource pool = new HikariDataSource()) {
        pool.setJdbcUrl(url("ApplicationName=pooled"));
        pool.setUsername(superuser.user());
        pool.setPassword(superuser.password());
        pool.getConnection().close();
        assertThat(warnings.next()).contains("\"postgres\" is a superuser", "Remedy: ");
      }
    } else {
      for (int i = 0; i < 3; i++) {
        open(superuser).close();
      }
      assertThat(warnings.next())
          .startsWith(server.url(database.name()) + ": login role \"postgres\" is a superuser");
    }
    assertThat(warnings.more()).isEmpty();
  }

  @Test
  void loginThatOwnsTablesWithPoliciesIsWarnedOfInModeSetting() throws Exception {
    open(PostgresServer.OWNER).close();
    assertThat(warnings.next()).contains("\"shop_owner\"", "contact", "force row level security");
  }

  @Test
  void loginWithBypassrlsIsWarnedOfInModeSetting() throws Exception {
    server.execute(
        "postgres",
        """
        do $$ begin
          create role passer login bypassrls password 'passer-password';
        exception when duplicate_object then null;
        end $$
        """);
    open(new Login("passer", "passer-password")).close();
    assertThat(warnings.next()).contains("\"passer\" has BYPASSRLS", "Remedy: ");
  }

  @Test
  void settingsThatNobodyVouchesForAreWarnedOf() throws Exception {
    Connection connection =
        connect("percred.setting.app.tenant=claim:org", "percred.setting.app.who=principal");
    as(Credential.of("a-token", "alice").withClaims(Map.of("org", "")), () -> who(connection));
    assertThat(warnings.more()).as("absent, but vouched for").isEmpty();
    for (int i = 0; i < 3; i++) {
      as(Credential.of("opaque"), () -> who(connection));
    }
    assertThat(List.of(warnings.next(), warnings.next()))
        .anyMatch(each -> each.contains("\"app.tenant\"") && each.contains("percred.verifier"))
        .anyMatch(each -> each.contains("\"app.who\"") && each.contains("Credential.of"));
    assertThat(warnings.more()).isEmpty();
  }

  @Test
  void propertiesOfModeClaimsAreWarnedOfInModeSetting() throws Exception {
    for (int i = 0; i < 2; i++) {
      connect("percred.allowed-roles=web", "percred.role-settings-ttl=5m");
    }
    assertThat(warnings.next())
        .contains("percred.allowed-roles", "percred.role-settings-ttl", "percred.mode=claims");
    assertThat(warnings.more()).isEmpty();
  }

  @Test
  void propertiesInTheUrlOfAForeignPoolAreWarnedOf() throws Exception {
    String url = server.url(database.name()) + "?percred.mode=setting";
    Connection plain = closing(DriverManager.getConnection(url, appLogin()));
    warnings.more();
    try (DecoratedDataSource decorated = PercredDataSource.wrap(new OneConnection(plain))) {
      as(ALICE, () -> assertThat(who(closing(decorated.getConnection()))).isNotEmpty());
    }
    assertThat(warnings.next()).contains("jdbc:percred:postgresql:");
  }

  private Connection open(Login login) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    return closing(DriverManager.getConnection(url(), properties));
  }
}
