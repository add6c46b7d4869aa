package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SQL that tries to become somebody else. */
class RoleEscapeIT extends ClaimsCallers {
  private static final String COLOURS = "select distinct colour from paint";

  private Credential red;
  private Credential blue;

  @BeforeEach
  void signTokens() throws Exception {
    red = withRole("web_red");
    blue = withRole("web_blue");
  }

  /** Each changes the role, or what is bound, for the rest of its transaction or session. */
  static Stream<String> escapes() {
    return Stream.of(
        "reset role",
        "RESET /* c */ ROLE",
        "reset \"role\"",
        "reset u&\"r\\006fle\"",
        "set role none",
        "set role 'none'",
        "set role authenticator",
        "set role web_anon",
        "set local role web_anon",
        "set session role web_anon",
        "set \"role\" to web_anon",
        "SET ROLE = web_anon",
        "set u&\"\\0072ole\" to web_anon",
        "set u&\"!0072ole\" uescape '!' to web_anon",
        "set session authorization default",
        "set session session authorization default",
        "set local session authorization default",
        "set session_authorization to default",
        "set -- c\n session authorization authenticator",
        "reset session authorization",
        "reset all",
        "set request.jwt.claims = '{}'",
        "set \"request.jwt.claims\" = '{}'",
        "set Request . \"jwt\" . CLAIMS = '{}'",
        "set request.jwt.claim.sub = 'victim'",
        "select set_config('role', 'web_anon', false)",
        "select set_config('ROLE', 'none', true)",
        "select pg_catalog.set_config('role', 'web_anon', true)",
        "select \"pg_catalog\" . \"set_config\" /* c */ ('role', 'web_anon', true)",
        "select u&\"set!005fconfig\" uescape '!' ('role', 'web_anon', true)",
        "select set_config(setting_name => 'role', new_value => 'web_anon', is_local => true)",
        "select set_config('ro' || 'le', 'web_anon', true)",
        "select set_config(e'rol\\x65', 'web_anon', true)",
        "select set_config($$role$$, 'web_anon', true)",
        "with x as (select set_config('role', 'web_anon', true)) select * from x",
        "select 1 where set_config('request.jwt.claims', '{}', false) is not null",
        "select 1; set role web_anon",
        "begin; reset role; commit",
        "prepare p as select set_config('role', 'web_anon', true)",
        "declare c cursor for select set_config('role', 'web_anon', true)",
        "copy (select set_config('role', 'web_anon', true)) to stdout",
        "explain analyze select set_config('role', 'web_anon', true)");
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void withGuardItIsRefused(String escape) throws Exception {
    for (String mode : new String[] {"extended", "simple"}) {
      Connection connection = claims("percred.guard", "on", "preferQueryMode", mode);
      String backend = asked(connection, red, "select pg_backend_pid()");
      as(red, () -> assertGuarded(connection, escape));
      execute(connection, "rollback"); // A BEGIN in front of it was executed.
      assertThat(asked(connection, blue, ROLE)).isEqualTo("web_blue");

      connection.setAutoCommit(false);
      as(
          red,
          () -> {
            execute(connection, "insert into paint (colour) values ('red')");
            assertGuarded(connection, escape);
            assertFails("25P02", () -> ask(connection, ROLE));
            connection.rollback();
          });
      assertThat(asked(connection, red, "select pg_backend_pid()")).isEqualTo(backend);
      connection.commit();
    }
    assertThat(database.value("select count(*) from paint where colour = 'red'")).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set statement_timeout = 0",
        "set local work_mem = '4MB'",
        "select set_config('app.note', 'x', true)",
        "select 'set role x', \"set role\" from (select 1 \"set role\") t",
        "select 1 -- ; reset role",
        "update paint set colour = 'red' where colour = 'none of these'",
        "reset statement_timeout",
        "discard plans",
        "select current_setting('role')",
        "select $$ reset role; $$",
        "savepoint s; release s"
      })
  void guardLeavesOtherStatementsAlone(String sql) throws Exception {
    Connection connection = claims("percred.guard", "on");
    connection.setAutoCommit(false);
    as(red, () -> execute(connection, sql));
    as(red, () -> assertThat(ask(connection, ROLE)).isEqualTo("web_red"));
    connection.rollback();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void guardSeesPreparedStatementsWithParameters(boolean autocommit) throws Exception {
    Connection connection = claims("percred.guard", "on", "prepareThreshold", "1");
    connection.setAutoCommit(autocommit);
    as(
        red,
        () -> {
          try (PreparedStatement statement =
              connection.prepareStatement("select set_config(?, ?, false)")) {
            statement.setString(1, "role");
            statement.setString(2, "web_anon");
            SQLException refused = failure(statement::executeQuery);
            assertThat(refused.getSQLState()).isEqualTo("42501");
          }
        });
    if (!autocommit) {
      connection.rollback();
    }
    assertThat(asked(connection, blue, ROLE)).isEqualTo("web_blue");
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void withoutGuardTheNextTransactionIsBoundAgain(String escape) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = claims("preferQueryMode", autocommit ? "extended" : "simple");
      connection.setAutoCommit(autocommit);
      attempt(connection, red, escape);
      assertBound(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        "commit and chain",
        "rollback and chain",
        "savepoint s; rollback to s",
        "do $$ begin commit; end $$",
        "do $$ begin reset role; end $$",
        "do $$ begin execute 'set role web_anon'; end $$",
        "do $$ begin perform set_config('role', 'none', false); end $$",
        "call escape()"
      })
  void whatTheGuardCannotSeeDoesNotOutliveItsTransactionEither(String escape) throws Exception {
    database.asSuperuser(
        """
        create or replace procedure escape() language plpgsql as $$
        begin
          commit;
          insert into visit values (current_user, 'after');
        end $$
        """);
    for (String guard : new String[] {"off", "on"}) {
      for (boolean autocommit : new boolean[] {true, false}) {
        Connection connection = claims("percred.guard", guard);
        connection.setAutoCommit(autocommit);
        attempt(connection, red, escape);
        assertBound(connection);
      }
    }
    assertThat(database.column("select who from visit")).isEmpty();
  }

  /** Work, the escape, and work behind it: never as the login role by percred's doing. */
  private static void attempt(Connection connection, Credential caller, String escape)
      throws Exception {
    as(
        caller,
        () -> {
          if (!connection.getAutoCommit()) {
            assertThat(ask(connection, ROLE)).isEqualTo("web_red");
          }
          try {
            execute(connection, escape);
          } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isNotEqualTo("08006");
          }
          if (connection.getAutoCommit()) {
            assertThat(ask(connection, ROLE)).as("the next statement").isEqualTo("web_red");
          } else {
            connection.rollback();
            assertThat(ask(connection, ROLE)).as("the next transaction").isEqualTo("web_red");
            connection.rollback();
          }
        });
  }

  private void assertBound(Connection connection) throws Exception {
    for (Credential caller : new Credential[] {blue, red, blue}) {
      String colour = caller.equals(red) ? "red" : "blue";
      as(
          caller,
          () -> {
            assertThat(ask(connection, ROLE)).isEqualTo("web_" + colour);
            assertThat(ask(connection, CLAIMS)).contains("\"role\":\"web_" + colour + "\"");
            assertThat(askAll(connection, COLOURS)).containsExactly(colour);
          });
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
    assertThat(asked(connection, blue, "select current_setting('request.jwt.claim.sub', true)"))
        .isNotNull();
  }

  private static void assertGuarded(Connection connection, String escape) {
    SQLException refused = failure(() -> execute(connection, escape));
    assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("42501");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-216");
  }
}
