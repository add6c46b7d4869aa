package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Autocommit: every statement is a transaction of its own, with a caller of its own. */
class AutocommitIT extends PostgresIT {
  @Test
  void statementRunsAsItsCaller() throws Exception {
    Connection connection = connect();

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void preparedStatementRunsAsWhoeverExecutesIt() throws Exception {
    Connection connection = connect();
    try (PreparedStatement statement =
        as(
            ALICE,
            () ->
                connection.prepareStatement(
                    "select current_setting('app.api_token', true), ?::int"))) {
      for (int i = 0; i < 12; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        statement.setInt(1, i);
        as(
            caller,
            () -> {
              try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo(caller.token());
              }
            });
      }
    }
  }

  @Test
  void policyLetsEachCallerSeeTheirOwnRows() throws Exception {
    Connection connection = connect();
    String mine = "select string_agg(id::text, ' ' order by id) from contact";

    assertThat(as(ALICE, () -> ask(connection, mine))).isEqualTo("2 4 6 8 10");
    assertThat(as(BOB, () -> ask(connection, mine))).isEqualTo("1 3 5 7 9");
  }

  @Test
  void writesAreStampedWithTheirCaller() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> insert(connection, "a"));
    as(BOB, () -> insert(connection, "b"));
    as(BOB, () -> execute(connection, "update entry set note = 'c' where note = 'a'"));
    as(ALICE, () -> execute(connection, "delete from entry where note = 'b'"));

    assertThat(entries()).containsExactly("c:token-of-bob");
    assertThat(witnesses()).contains("delete b:token-of-alice");
  }

  @Test
  void generatedKeysComeFromTheSameStatement() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "insert into entry (note) values (?)", new String[] {"id", "seen"})) {
            statement.setString(1, "keyed");
            assertThat(statement.executeUpdate()).isEqualTo(1);
            try (ResultSet keys = statement.getGeneratedKeys()) {
              assertThat(keys.next()).isTrue();
              assertThat(keys.getInt("id")).isEqualTo(1);
              assertThat(keys.getString("seen")).isEqualTo(ALICE.token());
              assertThat(keys.next()).isFalse();
            }
          }
        });
  }

  @Test
  void everyStatementOfOneTextIsBound() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            assertThat(
                    statement.execute(
                        "insert into entry (note) values ('one'); " + WHO + ";" + WHO))
                .isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(1);
            for (int i = 0; i < 2; i++) {
              assertThat(statement.getMoreResults()).isTrue();
              assertThat(column(statement.getResultSet(), 1)).containsExactly(ALICE.token());
            }
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
          }
        });
    assertThat(entries()).containsExactly("one:token-of-alice");
  }

  @Test
  void deferredTriggerSeesTheCaller() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> insert(connection, "deferred"));

    assertThat(witnesses()).containsExactly("commit deferred:token-of-alice");
  }

  @Test
  void deferredConstraintFailsTheStatementItself() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> assertFails("23514", () -> insert(connection, "fails at commit")));

    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void deferredConstraintFailsATextOfSeveralStatements() throws Exception {
    Connection connection = connect();

    as(
        ALICE,
        () ->
            assertFails(
                "23514",
                () ->
                    execute(
                        connection,
                        "create temporary table scratch (n int);"
                            + "insert into entry (note) values ('fails at commit')")));

    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void failureDoesNotCostTheNextStatementItsCaller() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> assertFails("22012", () -> ask(connection, "select 1 / 0")));
    as(ALICE, () -> assertFails("42601", () -> execute(connection, "selec 1")));
    as(ALICE, () -> assertFails("42P01", () -> execute(connection, "drop table nowhere")));

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void dataDefinitionAndAnonymousBlocksAreBound() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(
              connection,
              "create temporary table made as select current_setting('app.api_token', true) who");
          execute(connection, "do $$ begin insert into entry (note) values ('done'); end $$");
          execute(connection, "explain analyze insert into entry (note) values ('explained')");
          assertThat(ask(connection, "table made")).isEqualTo(ALICE.token());
          assertThat(ask(connection, "values (current_setting('app.api_token', true))"))
              .isEqualTo(ALICE.token());
          assertThat(ask(connection, "with w as (" + WHO + ") table w")).isEqualTo(ALICE.token());
        });
    assertThat(entries()).containsExactly("done:token-of-alice", "explained:token-of-alice");
  }

  @Test
  void whatTheServerRefusesInATransactionKeepsItsOwnWords() throws Exception {
    Connection connection = connect();

    as(ALICE, () -> assertFails("25001", () -> execute(connection, "vacuum entry")));

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void tokensOfEveryShapeArriveUnchanged() throws Exception {
    Connection connection = connect();
    for (String token :
        new String[] {
          "it's",
          "back\\slash",
          "two\nlines",
          "$1 ? ?? :x",
          "Grüße 你好 🙂",
          " padded ",
          "x".repeat(16_000)
        }) {
      assertThat(as(io.percred.spi.Credential.of(token, "someone"), () -> who(connection)))
          .isEqualTo(token);
    }
  }
}
