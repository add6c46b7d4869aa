package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Savepoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Savepoints: what is bound must lie before the first of them. */
class SavepointIT extends PostgresIT {
  @Test
  void rollingBackToASavepointBeforeTheFirstStatementKeepsTheCaller() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          Savepoint first = connection.setSavepoint();
          insert(connection, "undone");
          connection.rollback(first);
          assertThat(who(connection)).isEqualTo(ALICE.token());
          insert(connection, "kept");
          connection.commit();
        });
    assertThat(entries()).containsExactly("kept:token-of-alice");
  }

  @Test
  void nestedSavepointsKeepTheCaller() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          insert(connection, "one");
          Savepoint outer = connection.setSavepoint("outer");
          insert(connection, "undone");
          Savepoint inner = connection.setSavepoint("inner");
          insert(connection, "undone too");
          connection.releaseSavepoint(inner);
          connection.rollback(outer);
          insert(connection, "two");
          connection.releaseSavepoint(outer);
          insert(connection, "three");
          connection.commit();
        });
    assertThat(entries())
        .containsExactly("one:token-of-alice", "two:token-of-alice", "three:token-of-alice");
  }

  @Test
  void rollingBackToASavepointMendsAFailure() throws Exception {
    Connection connection = connectForTransactions();
    as(
        ALICE,
        () -> {
          Savepoint savepoint = connection.setSavepoint();
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          connection.rollback(savepoint);
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
        });
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void savepointsInSqlKeepTheCaller() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "begin; savepoint s");
          insert(connection, "undone");
          execute(connection, "rollback to s; insert into entry (note) values ('kept')");
          execute(connection, "release savepoint s; commit");
        });
    assertThat(entries()).containsExactly("kept:token-of-alice");
  }

  @ParameterizedTest
  @CsvSource({
    "always,extended,true",
    "always,simple,false",
    "always,extendedCacheEverything,false",
    "conservative,extended,false"
  })
  void autosaveKeepsTheCallerOverFailures(String autosave, String mode, boolean cleanup)
      throws Exception {
    Connection connection =
        connectForTransactions(
            "autosave=" + autosave, "preferQueryMode=" + mode, "cleanupSavepoints=" + cleanup);
    boolean survives = autosave.equals("always");
    for (var caller : new io.percred.spi.Credential[] {ALICE, BOB, ALICE}) {
      as(
          caller,
          () -> {
            insert(connection, caller.principal());
            assertFails("22012", () -> ask(connection, "select 1 / 0"));
            if (survives) {
              assertThat(who(connection)).isEqualTo(caller.token());
              connection.commit();
            } else {
              connection.rollback();
            }
          });
    }
    assertThat(entries())
        .isEqualTo(
            survives
                ? java.util.List.of(
                    "alice:token-of-alice", "bob:token-of-bob", "alice:token-of-alice")
                : java.util.List.of());
  }

  @Test
  void firstStatementMayFailUnderAutosave() throws Exception {
    Connection connection = connectForTransactions("autosave=always");
    as(
        ALICE,
        () -> {
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
          assertThat(who(connection)).isEqualTo(ALICE.token());
          insert(connection, "kept");
          connection.commit();
        });
    assertThat(entries()).containsExactly("kept:token-of-alice");
  }

  @Test
  void sessionCharacteristicsMayFollowBeginUnderAutosave() throws Exception {
    Connection connection = connectForTransactions("autosave=always");
    as(
        ALICE,
        () -> {
          execute(
              connection,
              "set session characteristics as transaction isolation level repeatable read");
          assertThat(who(connection)).isEqualTo(ALICE.token());
          connection.commit();
          assertThat(ask(connection, "select current_setting('transaction_isolation')"))
              .isEqualTo("repeatable read");
          connection.commit();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void savepointOfNobodyPassesAndARollbackToItUndoesNoBinding(String mode) throws Exception {
    Connection connection = connectForTransactions("preferQueryMode=" + mode);

    Savepoint savepoint = connection.setSavepoint();
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    connection.rollback(savepoint);
    as(ALICE, () -> insert(connection, "again"));
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    as(ALICE, connection::commit);

    assertThat(entries()).containsExactly("again:" + ALICE.token());
  }

  @Test
  void rollbackToASavepointOfNobodyAndAStatementBehindItCannotBeOneText() throws Exception {
    Connection connection = connectForTransactions("preferQueryMode=simple");
    execute(connection, "savepoint s");
    as(
        ALICE,
        () -> {
          assertThat(who(connection)).isEqualTo(ALICE.token());
          assertFails(
              "25000", () -> execute(connection, "rollback to s; select count(*) from entry"));
        });
  }

  @Test
  void nobodySetsASavepointInAnothersTransaction() throws Exception {
    Connection connection = connectForTransactions();
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());

    assertFails("28000", connection::setSavepoint);
  }

  @Test
  void statementOfNobodyBehindItsSavepointIsRefused() throws Exception {
    Connection connection = connectForTransactions("autosave=always");

    assertRefused(() -> who(connection));
    connection.rollback();

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }
}
