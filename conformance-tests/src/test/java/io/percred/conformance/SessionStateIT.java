package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Tests with callers who leave everything in their session that can be left in one. */
abstract class SessionStateIT extends PostgresIT {
  /** Alice, with a token that she did not have before. */
  static final Credential ALICE_AGAIN = Credential.of("renewed-token-of-alice", "alice");

  /** Every kind of state. */
  static final String[] EVERYTHING = {
    "channel", "currval", "cursor", "lastval", "lock", "prepared", "role", "setting", "table"
  };

  private static final List<String> LEAVE =
      List.of(
          "set app.left_behind = 'x'",
          "declare held cursor with hold for select 1",
          "create temporary table scratch as select 1 as n",
          "select pg_advisory_lock(4711)",
          "listen news",
          "select nextval('numbers')",
          "prepare mine as select 1",
          "set role power_user");

  /** Which kinds of state a session holds. */
  static final String FIND =
      """
      select 'setting' where nullif(current_setting('app.left_behind', true), '') is not null
      union all select 'role' where current_user::text not in ('app', session_user)
      union all select 'cursor' from pg_cursors where name = 'held'
      union all select 'table' where to_regclass('pg_temp.scratch') is not null
      union all select 'lock' from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()
      union all select 'channel' from pg_listening_channels()
      union all select 'currval' where number_left('select currval(''numbers'')')
      union all select 'lastval' where number_left('select lastval()')
      union all select 'prepared' from pg_prepared_statements where name = 'mine'
      order by 1
      """;

  @BeforeEach
  void prepareState() throws SQLException {
    database.asSuperuser(
        """
        do $$ begin
          create role power_user nologin;
        exception when duplicate_object or unique_violation then null;
        end $$;
        grant power_user to app;
        create sequence if not exists numbers;
        grant all on sequence numbers to public;
        create or replace function number_left(query text) returns boolean language plpgsql as $$
        begin
          execute query;
          return true;
        exception when object_not_in_prerequisite_state then
          return false;
        end $$;
        create schema if not exists other;
        grant usage on schema other to public;
        """);
  }

  /** Leaves everything, for good. */
  static void leaveEverything(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : LEAVE) {
        statement.execute(sql);
      }
    }
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
    assertThat(found(connection)).containsExactly(EVERYTHING);
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  /** What the session holds. */
  static List<String> found(Connection connection) throws SQLException {
    return askAll(connection, FIND);
  }
}
