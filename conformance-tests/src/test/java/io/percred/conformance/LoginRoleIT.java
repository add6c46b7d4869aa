package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What percred says of logins that are more than they should be. */
class LoginRoleIT extends ClaimsCallers {
  // Held, or the handler would be lost with it.
  private final Logger logger = Logger.getLogger("io.percred.postgres.claims.LoginRole");
  private final Warnings warnings = new Warnings();

  @BeforeEach
  void listen() {
    logger.addHandler(warnings);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(warnings);
  }

  @Test
  void loginThatMayDoNothingItselfIsNotWorthAWarning() throws Exception {
    assertThat(warningsOf(PublicApi.AUTHENTICATOR)).isEmpty();
  }

  @Test
  void superuserIsWarnedOfOncePerConfiguration() throws Exception {
    assertThat(warningsOf(server.superuser()))
        .singleElement()
        .asString()
        .startsWith(server.url(database.name()) + ": login role \"postgres\" is a superuser");
    assertThat(warningsOf(server.superuser())).hasSize(1);
  }

  @Test
  void ownerOfTablesWithPoliciesIsWarnedOf() throws Exception {
    database.asSuperuser(
        "create table guarded_by_policy (); alter table guarded_by_policy owner to shop_owner;"
            + " alter table guarded_by_policy enable row level security");
    assertThat(warningsOf(PostgresServer.OWNER))
        .singleElement()
        .asString()
        .contains("owner of public.", "force row level security");
    database.asSuperuser("drop table guarded_by_policy");
  }

  @Test
  void loginThatInheritsOrBypassesIsWarnedOf() throws Exception {
    Login login = new Login("heir", "heir-password");
    server.execute(
        "postgres",
        """
        do $$ begin
          create role heir login bypassrls password 'heir-password';
          grant web_red to heir;
        exception when duplicate_object then null;
        end $$
        """);
    assertThat(warningsOf(login))
        .hasSize(2)
        .anyMatch(each -> each.contains("\"heir\" has BYPASSRLS"))
        .anyMatch(each -> each.contains("\"heir\" inherits"));
  }

  private List<String> warningsOf(Login login) throws Exception {
    for (int i = 0; i < 2; i++) {
      Properties properties = properties();
      properties.setProperty("user", login.user());
      properties.setProperty("password", login.password());
      Connection connection = closing(DriverManager.getConnection(claimsUrl(), properties));
      assertThat(connection.isValid(5)).isTrue();
    }
    return warnings.messages;
  }

  private static final class Warnings extends Handler {
    private final List<String> messages = new ArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        messages.add(entry.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
