package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions and procedures, those included that end the transaction they run in. */
class ProcedureIT extends PostgresIT {
  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void functionWithAnOutParameterSeesTheCaller(boolean autocommit) throws Exception {
    Connection connection = connect();
    connection.setAutoCommit(autocommit);
    try (CallableStatement call = connection.prepareCall("{call seen_out(?, ?)}")) {
      for (int i = 0; i < 8; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        as(
            caller,
            () -> {
              call.setString(1, "I am ");
              call.registerOutParameter(2, Types.VARCHAR);
              call.execute();
              assertThat(call.getString(2)).isEqualTo("I am " + caller.token());
            });
        if (!autocommit) {
          connection.commit();
        }
      }
    }
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void procedureSeesTheCaller(boolean autocommit) throws Exception {
    Connection connection = connect("escapeSyntaxCallMode=call");
    connection.setAutoCommit(autocommit);
    try (CallableStatement inOut = connection.prepareCall("{call seen_inout(?)}");
        CallableStatement in = connection.prepareCall("call add_entry(?)")) {
      for (int i = 0; i < 8; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        as(
            caller,
            () -> {
              inOut.setString(1, "nobody");
              inOut.registerOutParameter(1, Types.VARCHAR);
              inOut.execute();
              assertThat(inOut.getString(1)).isEqualTo(caller.token());
              in.setString(1, caller.principal());
              in.execute();
            });
        if (!autocommit) {
          connection.commit();
        }
      }
    }
    assertThat(database.value("select count(*) from entry")).isEqualTo("8");
    assertThat(
            database.value(
                "select count(*) from entry where seen is distinct from 'token-of-' || note"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call add_and_commit('x')",
        "do $$ begin insert into entry (note) values ('x'); commit;"
            + " insert into entry (note) values ('y'); end $$",
        "select 1; call add_and_commit('x')",
        "call add_and_commit('x'); select 1",
        "insert into entry (note) values ('first'); call add_and_commit('x')",
        "/* select */ call add_and_commit('x')"
      })
  void procedureThatCommitsNeverGoesOnUnbound(String sql) throws Exception {
    Connection connection = connect();

    as(ALICE, () -> assertFails("2D000", () -> execute(connection, sql)));

    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
  void procedureThatCommitsInEveryQueryMode(String mode) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode, "prepareThreshold=1");
    for (int i = 0; i < 3; i++) {
      as(
          ALICE,
          () -> {
            assertFails("2D000", () -> execute(connection, "call add_and_commit('x')"));
            try (CallableStatement call = connection.prepareCall("call add_and_commit(?)")) {
              call.setString(1, "y");
              assertFails("2D000", call::execute);
            }
          });
      assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    }
    assertThat(entries()).isEmpty();
  }

  @Test
  void procedureThatCommitsInsideATransactionFailsAsEver() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          insert(connection, "before");
          assertFails("2D000", () -> execute(connection, "call add_and_commit('x')"));
          connection.rollback();
        });
    assertThat(entries()).isEmpty();
  }

  @Test
  void procedureThatCommitsInABatch() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (var statement = connection.createStatement()) {
            statement.addBatch("insert into entry (note) values ('one')");
            statement.addBatch("call add_and_commit('x')");
            failure(statement::executeBatch);
          }
        });
    assertThat(stamps()).isSubsetOf(ALICE.token());
    assertThat(entries()).doesNotContain("x before:token-of-alice", "x after:");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void callOfNobodyIsRefused() throws Exception {
    Connection connection = connect();

    assertRefused(() -> execute(connection, "call add_entry('x')"));
    assertRefused(() -> execute(connection, "do $$ begin perform 1; end $$"));

    assertThat(entries()).isEmpty();
  }
}
