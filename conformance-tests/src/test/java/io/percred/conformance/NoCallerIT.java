package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection does for nobody, what it refuses, and that it stays usable either way. */
class NoCallerIT extends PostgresIT {
  @Test
  void whatPoolsAndFrameworksCallNeedsNoCaller() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);

    assertThat(connection.isValid(5)).isTrue();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    assertThat(connection.getTransactionIsolation())
        .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setReadOnly(true);
    assertThat(connection.isReadOnly()).isTrue();
    connection.setReadOnly(false);
    connection.setSchema("public");
    connection.setClientInfo("ApplicationName", "no caller");
    assertThat(ask(connection, "show application_name")).isEqualTo("no caller");
    connection.setNetworkTimeout(Runnable::run, 10_000);
    connection.setNetworkTimeout(Runnable::run, 0);
    connection.setAutoCommit(false);
    assertThat(connection.isValid(5)).isTrue();
    connection.commit();
    connection.rollback();
    connection.setAutoCommit(true);
    connection.clearWarnings();
    assertThat(connection.createArrayOf("int4", new Integer[] {1})).isNotNull();

    assertThat(backend(connection)).isEqualTo(backend);
    assertThat(as(BOB, () -> ask(connection, "show transaction_isolation")))
        .isEqualTo("repeatable read");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void validationInsideATransactionNeedsNoCaller(boolean failed) throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          insert(connection, "hers");
          if (failed) {
            assertFails("22012", () -> ask(connection, "select 1 / 0"));
          }
        });
    assertThat(connection.isValid(5)).isTrue();
    if (failed) {
      connection.rollback();
    } else {
      connection.commit();
    }
    assertThat(entries()).hasSize(failed ? 0 : 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ";",
        "-- nothing",
        "select 1",
        "SELECT 1;",
        "/* ping */ select 1",
        "begin",
        "commit",
        "rollback",
        "start transaction read only",
        "set statement_timeout = '30s'",
        "set session statement_timeout to 0",
        "set search_path to public",
        "set application_name = 'pool'",
        "set time zone 'UTC'",
        "set session characteristics as transaction isolation level read committed",
        "show server_version",
        "show transaction isolation level",
        "reset statement_timeout",
        "reset all",
        "listen news",
        "unlisten *",
        "deallocate all",
        "discard all",
        "discard temp",
        "set statement_timeout = 0; set lock_timeout = 0; select 1"
      })
  void sessionControlNeedsNoCaller(String sql) throws Exception {
    for (String mode : new String[] {"extended", "simple"}) {
      Connection connection = connect("preferQueryMode=" + mode);
      execute(connection, sql);
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.execute();
      }
      execute(connection, "rollback");
      assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select current_user",
        "select 1, current_user",
        "select 1 from contact",
        "(select 1)",
        "values (1)",
        "table entry",
        "with w as (select 1) table w",
        "insert into entry (note) values ('x')",
        "update entry set note = 'x'",
        "delete from entry",
        "merge into entry using (values (1)) v(n) on id = n when not matched then do nothing",
        "explain select 1",
        "create temporary table scratch (n int)",
        "call add_entry('x')",
        "do $$ begin end $$",
        "notify news",
        "prepare p as select 1",
        "execute p",
        "declare c cursor for select 1",
        "vacuum",
        "analyze",
        "set app.api_token = 'stolen'",
        "set session app.api_token to 'stolen'",
        "set local app.api_token = 'stolen'",
        "set \"app.api_token\" = 'stolen'",
        "SET APP.API_TOKEN = 'stolen'",
        "set role shop_owner",
        "set \"role\" = shop_owner",
        "set role to shop_owner",
        "set session authorization shop_owner",
        "set session_authorization to shop_owner",
        "set session session authorization shop_owner",
        "set local role shop_owner",
        "select set_config('app.api_token', 'stolen', false)",
        "show app.api_token",
        "commit prepared 'x'",
        "rollback prepared 'x'",
        "select 1; select current_user",
        "set statement_timeout = 0; select current_user",
        "begin; select current_user",
        "/* select 1 */ select current_user",
        "selec nonsense"
      })
  void everythingElseIsRefusedAndTheConnectionStays(String sql) throws Exception {
    for (String mode : new String[] {"extended", "simple"}) {
      Connection connection = connect("preferQueryMode=" + mode);
      String backend = backend(connection);

      assertRefused(() -> execute(connection, sql));
      execute(connection, "rollback");
      assertRefused(() -> executePrepared(connection, sql));
      execute(connection, "rollback");

      assertThat(entries()).isEmpty();
      assertThat(backend(connection)).isEqualTo(backend);
    }
  }

  @Test
  void lockNeedsNoBindingOfItsOwn() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          execute(connection, "lock table entry in access share mode");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void statementPreparedForACallerIsNotExecutedForNobody() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement statement = connection.prepareStatement(WHO)) {
      for (int i = 0; i < 3; i++) {
        as(ALICE, () -> statement.executeQuery().close());
        assertRefused(statement::executeQuery);
      }
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void pingMayBePreparedAndRunForNobodyEverAfter() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement ping = connection.prepareStatement("select 1")) {
      for (int i = 0; i < 8; i++) {
        try (ResultSet rows = ping.executeQuery()) {
          assertThat(rows.next()).isTrue();
        }
        assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
      }
    }
  }

  @Test
  void refusalComesBetweenWhatIsAllowedInOneText() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    try (Statement statement = connection.createStatement()) {
      assertRefused(
          () ->
              statement.execute(
                  "set statement_timeout = '7s'; insert into entry (note) values ('x'); select 1"));
    }
    assertThat(entries()).isEmpty();
    assertThat(backend(connection)).isEqualTo(backend);
  }

  @Test
  void blankTokenIsNoToken() throws Exception {
    Connection connection = connect();
    for (String blank : new String[] {"", " ", "\t\n"}) {
      as(Credential.of(blank, "blank"), () -> assertRefused(() -> who(connection)));
    }
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void manyRefusalsLeaveNothingBehind() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    for (int i = 0; i < 200; i++) {
      assertRefused(() -> who(connection));
    }
    assertThat(backend(connection)).isEqualTo(backend);
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  private static void executePrepared(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }
}
