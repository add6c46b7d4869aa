package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that the application begins and ends in SQL, behind the driver's back. */
class SqlTransactionIT extends PostgresIT {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "begin",
        "BEGIN WORK",
        "/* c */ begin",
        "-- c\nbegin",
        "start transaction",
        "begin isolation level repeatable read read write",
        "begin;"
      })
  void beginInEverySpelling(String begin) throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, begin);
          insert(connection, "one");
          insert(connection, "two");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          execute(connection, "commit");
        });
    assertThat(entries()).containsExactly("one:token-of-alice", "two:token-of-alice");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollback", "abort", "ROLLBACK WORK", "/* c */ rollback transaction"})
  void rollbackInEverySpelling(String rollback) throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin");
          insert(connection, "undone");
          execute(connection, rollback);
        });
    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void wholeTransactionInOneText() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () ->
            execute(
                connection,
                "begin; insert into entry (note) values ('one');"
                    + " insert into entry (note) values ('two'); commit"));
    assertThat(entries()).containsExactly("one:token-of-alice", "two:token-of-alice");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void severalTransactionsInOneText() throws Exception {
    String text =
        "begin; insert into entry (note) values ('one'); commit;"
            + " insert into entry (note) values ('two');"
            + " begin; insert into entry (note) values ('three'); rollback;"
            + " insert into entry (note) values ('four')";
    execute(connectPlainly(), text);
    String withoutPercred = notes();
    database.clear();
    Connection connection = connect();

    as(ALICE, () -> execute(connection, text));

    assertThat(notes()).isEqualTo(withoutPercred);
    assertThat(stamps()).containsExactly(ALICE.token());
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void textThatLeavesATransactionOpen() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin; insert into entry (note) values ('one')");
          insert(connection, "two");
          execute(connection, "insert into entry (note) values ('three'); commit");
        });
    assertThat(entries())
        .containsExactly("one:token-of-alice", "two:token-of-alice", "three:token-of-alice");
  }

  @Test
  void commitInSqlEndsTheDriversTransaction() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          insert(connection, "one");
          execute(connection, "commit");
          insert(connection, "two");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          execute(connection, "commit; insert into entry (note) values ('three')");
          connection.commit();
        });
    assertThat(entries())
        .containsExactly("one:token-of-alice", "two:token-of-alice", "three:token-of-alice");
  }

  @Test
  void nextCallerAfterACommitInSql() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "one"));
    as(ALICE, () -> execute(connection, "commit"));
    as(BOB, () -> insert(connection, "two"));
    connection.commit();

    assertThat(entries()).containsExactly("one:token-of-alice", "two:token-of-bob");
  }

  @Test
  void rollbackAndMoreAfterAFailure() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin");
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          execute(connection, "rollback; insert into entry (note) values ('after')");
        });
    assertThat(entries()).containsExactly("after:token-of-alice");
  }

  @Test
  void preparedVerbsBeginAndEndTransactions() throws Exception {
    Connection connection = connect("prepareThreshold=1");
    try (PreparedStatement begin = connection.prepareStatement("begin");
        PreparedStatement commit = connection.prepareStatement("commit")) {
      for (int i = 0; i < 6; i++) {
        var caller = i % 2 == 0 ? ALICE : BOB;
        String note = "row " + i;
        as(
            caller,
            () -> {
              begin.execute();
              insert(connection, note);
              assertThat(who(connection)).isEqualTo(caller.token());
            });
        commit.execute();
      }
    }
    assertThat(entries())
        .containsExactly(
            "row 0:token-of-alice",
            "row 1:token-of-bob",
            "row 2:token-of-alice",
            "row 3:token-of-bob",
            "row 4:token-of-alice",
            "row 5:token-of-bob");
  }

  @Test
  void failureInTheMiddleOfATextUndoesWhatItWouldWithoutPercred() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () ->
            assertFails(
                "22012",
                () ->
                    execute(
                        connection,
                        "insert into entry (note) values ('undone'); select 1 / 0;"
                            + " insert into entry (note) values ('never')")));
    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void transactionVerbsNeedNoCallerButWhatIsBetweenThemDoes() throws Exception {
    Connection connection = connect();

    execute(connection, "begin");
    execute(connection, "commit");
    execute(connection, "begin; rollback");
    assertRefused(
        () -> execute(connection, "begin; insert into entry (note) values ('x'); commit"));
    execute(connection, "rollback");

    assertThat(entries()).isEmpty();
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void beginReturnedByParseAndDescribeAloneHasBegunNothing() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          try (PreparedStatement begin = connection.prepareStatement("begin")) {
            assertThat(begin.getMetaData()).isNull();
          }
          insert(connection, "autocommitted");
        });
    connection.close();
    assertThat(entries()).containsExactly("autocommitted:token-of-alice");
  }

  private String notes() throws SQLException {
    return database.value("select string_agg(note, ' ' order by id) from entry");
  }
}
