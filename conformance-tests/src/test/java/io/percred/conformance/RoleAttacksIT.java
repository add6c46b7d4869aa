package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/** Ways to become somebody else: whoever comes next is not, and nobody may. */
class RoleAttacksIT extends AttackIT {
  private static final String[] SPELLINGS = {
    "set role power_user",
    "set role = power_user",
    "set role to 'power_user'",
    "set \"role\" = power_user",
    "set/**/role power_user",
    "set /* c */ session role power_user",
    "set u&\"r\\006fle\" = 'power_user'",
    "SET LOCAL ROLE power_user; SET ROLE power_user",
    "select set_config('role', 'power_user', false)",
    "select set_config('RO' || 'LE', 'power_user', false)",
    "do $$ begin execute 'set ro' || 'le power_user'; end $$"
  };

  private static final String[] AUTHORIZATIONS = {
    "set session authorization power_user",
    "set session authorization 'power_user'",
    "set session session authorization power_user",
    "set session_authorization = power_user",
    "set session_authorization to 'power_user'",
    "set \"session_authorization\" = power_user",
    "set/**/session_authorization = power_user",
    "select set_config('session_authorization', 'power_user', false)"
  };

  @BeforeEach
  void createRole() throws SQLException {
    database.asSuperuser(
        """
        do $$ begin
          create role power_user nologin;
        exception when duplicate_object or unique_violation then null;
        end $$;
        grant power_user to app;
        """);
  }

  @BothDeliveries
  void roleTakenByOneCallerIsNotTheNextOnes(String delivery) throws Exception {
    for (String mode : TWO_MODES) {
      Connection connection = connect(delivery, mode);
      for (String text : SPELLINGS) {
        as(
            ALICE,
            () -> {
              execute(connection, text);
              assertThat(ask(connection, "select current_user")).as(text).isEqualTo("power_user");
              execute(connection, leaving("alice"));
            });
        as(BOB, () -> execute(connection, leaving("bob")));
        assertIs(BOB, connection);
      }
    }
    assertThat(trailOwners()).containsExactly("token-of-alice:power_user", "token-of-bob:app");
  }

  @BothDeliveries
  void authorizationTakenByASuperuserIsNotTheNextOnes(String delivery) throws Exception {
    Connection connection = connectAsSuperuser(delivery);
    for (String text : AUTHORIZATIONS) {
      as(
          ALICE,
          () -> {
            execute(connection, text);
            assertThat(ask(connection, "select session_user")).as(text).isEqualTo("power_user");
          });
      as(BOB, () -> execute(connection, leaving("bob")));
    }
    assertThat(trailOwners()).containsExactly("token-of-bob:" + server.superuser().user());
  }

  @BothDeliveries
  void nobodyMayBecomeAnybody(String delivery) throws Exception {
    for (String mode : TWO_MODES) {
      Connection connection = connect(delivery, mode);
      for (String text : SPELLINGS) {
        assertRefused(() -> execute(connection, text));
      }
      for (String text : AUTHORIZATIONS) {
        assertRefused(() -> execute(connection, text));
      }
      assertIs(BOB, connection);
    }
  }

  private Connection connectAsSuperuser(String delivery) throws SQLException {
    java.util.Properties login = new java.util.Properties();
    login.setProperty("user", server.superuser().user());
    login.setProperty("password", server.superuser().password());
    return closing(java.sql.DriverManager.getConnection(url(delivery), login));
  }
}
