package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one caller can do to another of the same role by way of the role's settings. */
class RoleSettingsIT extends ClaimsCallers {
  private Credential red;

  @BeforeEach
  void signToken() throws Exception {
    red = withRole("web_red");
    database.asSuperuser(
        """
        drop schema if exists evil cascade;
        create schema evil;
        grant usage on schema evil to public;
        create table evil.paint (id int generated always as identity primary key, colour text);
        grant all on all tables in schema evil to public;
        """);
  }

  @AfterEach
  void resetRole() throws Exception {
    server.execute("postgres", "alter role web_red reset search_path");
  }

  @Test
  void searchPathOfARoleDoesNotMoveTheRowsOfItsCallers() throws Exception {
    Connection connection = claimsInTime();
    as(red, () -> execute(connection, "alter role web_red set search_path = evil"));
    clock.advance(Duration.ofMinutes(2));

    as(red, () -> execute(connection, "insert into paint (colour) values ('red')"));

    assertThat(asked(connection, red, "select current_setting('search_path')"))
        .isEqualTo("\"$user\", public");
    assertThat(database.value("select count(*) from evil.paint")).isEqualTo("0");
  }

  @Test
  void searchPathIsSetIfItIsAskedFor() throws Exception {
    Connection connection = claimsInTime("percred.search-path", "evil");
    assertThat(asked(connection, red, "select current_setting('search_path')")).isEqualTo("evil");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter role web_red set search_path = evil",
        "ALTER /* c */ ROLE web_red SET statement_timeout = 1",
        "alter user web_red set statement_timeout to 1",
        "alter role current_user set search_path = evil",
        "alter user session_user set search_path = evil",
        "alter role all set search_path = evil",
        "alter role \"web_red\" in database postgres set search_path = evil",
        "alter role u&\"web\\005fred\" set search_path = evil",
        "alter role \"set\" reset all",
        "alter role web_red reset search_path",
        "alter role web_red reset all",
        "alter role web_red set search_path from current",
        "alter role web_red set role from current",
        "alter role web_red set time zone 'UTC'",
        "alter database postgres set search_path = evil",
        "alter database \"postgres\" reset all",
        "alter system set log_statement = 'all'",
        "alter system reset all",
        "select 1; alter role web_red set search_path = evil"
      })
  void guardRefusesToChangeWhatRolesAndDatabasesBringWithThem(String sql) throws Exception {
    for (String mode : new String[] {"extended", "simple"}) {
      for (String percredMode : new String[] {"claims", "setting"}) {
        Connection connection =
            claims("percred.guard", "on", "percred.mode", percredMode, "preferQueryMode", mode);
        SQLException refused = as(red, () -> failure(() -> execute(connection, sql)));
        assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo("42501");
        assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-216");
      }
    }
    assertThat(
            database
                .column("select rolconfig::text from pg_roles where rolname = 'web_red'")
                .get(0))
        .doesNotContain("evil");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter role web_red createdb",
        "alter role web_red connection limit 5",
        "alter table paint alter column colour set statistics 100",
        "alter table paint set (fillfactor = 90)",
        "alter database postgres set tablespace pg_default",
        "alter role web_red rename to x"
      })
  void guardLeavesOtherAltersToTheServer(String sql) throws Exception {
    Connection connection = claims("percred.guard", "on");
    SQLException refused = as(red, () -> failure(() -> execute(connection, sql)));
    assertThat(Percred.codeOf(refused)).as(refused.getMessage()).isNull();
  }
}
