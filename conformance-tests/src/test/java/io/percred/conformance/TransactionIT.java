package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** Transactions of several statements, begun by the driver. */
class TransactionIT extends PostgresIT {
  @Test
  void everyStatementOfATransactionRunsAsItsCaller() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          for (int i = 0; i < 8; i++) {
            assertThat(who(connection)).isEqualTo(ALICE.token());
            insert(connection, "row " + i);
          }
          connection.commit();
        });
    assertThat(stamps()).containsExactly(ALICE.token());
  }

  @Test
  void nextTransactionRunsAsItsOwnCaller() throws Exception {
    Connection connection = connectForTransactions();
    for (int i = 0; i < 6; i++) {
      var caller = i % 2 == 0 ? ALICE : BOB;
      boolean commits = i % 3 == 0;
      as(
          caller,
          () -> {
            assertThat(who(connection)).isEqualTo(caller.token());
            if (commits) {
              connection.commit();
            } else {
              connection.rollback();
            }
          });
    }
  }

  @Test
  void transactionMayEndAfterItsScope() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "kept"));
    connection.commit();
    as(BOB, () -> insert(connection, "undone"));
    connection.rollback();

    assertThat(entries()).containsExactly("kept:token-of-alice");
    assertThat(witnesses()).containsExactly("commit kept:token-of-alice");
  }

  @Test
  void transactionMayEndInTheScopeOfAnother() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "hers"));
    as(BOB, connection::commit);

    assertThat(entries()).containsExactly("hers:token-of-alice");
    assertThat(witnesses()).containsExactly("commit hers:token-of-alice");
  }

  @Test
  void failedTransactionEndsAndTheNextIsBound() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          insert(connection, "lost");
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          assertFails("25P02", () -> who(connection));
        });
    connection.rollback();

    as(
        BOB,
        () -> {
          insert(connection, "found");
          connection.commit();
        });
    assertThat(entries()).containsExactly("found:token-of-bob");
  }

  @Test
  void firstStatementMayFail() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> assertFails("22012", () -> ask(connection, "select 1 / 0")));
    connection.rollback();
    as(ALICE, () -> assertFails("42601", () -> ask(connection, "selec")));
    connection.rollback();

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void commitFailsInADeferredConstraintAsEver() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "fails at commit"));
    assertFails("23514", connection::commit);

    assertThat(entries()).isEmpty();
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void autocommitMayBeTurnedOnInsideATransaction() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "kept"));
    connection.setAutoCommit(true);
    as(BOB, () -> insert(connection, "next"));
    connection.setAutoCommit(false);
    as(ALICE, () -> insert(connection, "undone"));
    connection.rollback();

    assertThat(entries()).containsExactly("kept:token-of-alice", "next:token-of-bob");
  }

  @Test
  void cursorWithHoldKeepsTheRowsOfItsCaller() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          execute(
              connection, "declare held cursor with hold for select seen from seen_row limit 20");
          connection.commit();
          assertThat(askAll(connection, "fetch 20 from held"))
              .hasSize(20)
              .containsOnly(ALICE.token());
          execute(connection, "close held");
          connection.commit();
        });
  }

  @Test
  void valueThatACallerLeftInTheSessionIsNotTheNextCallers() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          ask(connection, "select set_config('app.api_token', 'left behind', false)");
          connection.commit();
        });
    as(
        BOB,
        () -> {
          assertThat(who(connection)).isEqualTo(BOB.token());
          connection.commit();
        });
    as(
        ALICE,
        () -> {
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
  }

  @Test
  void emptyTransactionsNeedNoCaller() throws Exception {
    Connection connection = connectForTransactions();
    connection.commit();
    connection.rollback();

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  @Test
  void refusalInsideATransactionNeverCommitsHalfOfIt() throws Exception {
    Connection connection = connectForTransactions();

    as(ALICE, () -> insert(connection, "half"));
    assertRefusedInTransaction(connection);
    as(ALICE, () -> assertFails("25P02", () -> insert(connection, "other half")));
    // The server answers ROLLBACK, which pgjdbc keeps to itself.
    connection.commit();

    assertThat(entries()).isEmpty();
    as(
        BOB,
        () -> {
          insert(connection, "whole");
          connection.commit();
        });
    assertThat(entries()).containsExactly("whole:token-of-bob");
  }

  @Test
  void refusedFirstStatementLeavesATransactionToRollBack() throws Exception {
    Connection connection = connectForTransactions();
    String backend = backend(connection);
    connection.rollback();

    assertRefused(() -> insert(connection, "nobody's"));
    as(ALICE, () -> assertFails("25P02", () -> who(connection)));
    connection.rollback();

    assertThat(backend(connection)).isEqualTo(backend);
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  private static void assertRefusedInTransaction(Connection connection) {
    SQLException refused = failure(() -> insert(connection, "nobody's"));
    assertThat(refused.getSQLState()).isEqualTo("28000");
  }

  @Test
  void statementsOfOneTransactionMayShareAText() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("insert into entry (note) values ('x'); " + WHO);
            assertThat(statement.getMoreResults()).isTrue();
            assertThat(column(statement.getResultSet(), 1)).containsExactly(ALICE.token());
          }
          connection.commit();
        });
    assertThat(stamps()).containsExactly(ALICE.token());
  }
}
