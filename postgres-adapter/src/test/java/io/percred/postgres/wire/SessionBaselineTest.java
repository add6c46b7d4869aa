package io.percred.postgres.wire;

import static io.percred.postgres.wire.TransactionStatus.BLOCK;
import static io.percred.postgres.wire.TransactionStatus.FAILED;
import static io.percred.postgres.wire.TransactionStatus.IDLE;
import static org.assertj.core.api.Assertions.assertThat;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.SqlScanner;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the statements that nobody in particular sent is in force at the end. */
class SessionBaselineTest {
  private static final SqlScanner SCANNER = new SqlScanner(Set.of());

  private final SessionBaseline baseline = new SessionBaseline();
  private long replies;

  @Test
  void lastStatementOfASettingStandsLast() {
    done("SET search_path = a", "set Timezone to 'UTC'", "set session \"search_path\" TO b");
    assertInForce("set Timezone to 'UTC'", "set session \"search_path\" TO b");
  }

  @Test
  void commentsAnywhereMakeNoDifference() {
    done("/* app */ SET search_path = a", "set /* x */ jit -- y\n = off");
    assertInForce("/* app */ SET search_path = a", "set /* x */ jit -- y\n = off");
    done("set\tsearch_path = b", "/* z */ reset /* x */ jit");
    assertInForce("set\tsearch_path = b");
  }

  @Test
  void spellingsWithSyntaxOfTheirOwnAreTheSameSetting() {
    done("set time zone 'UTC'", "set timezone = 'CET'", "set schema 'a'", "SET search_path = b");
    assertInForce("set timezone = 'CET'", "SET search_path = b");
  }

  @Test
  void resetTakesASettingOutAndDiscardAllEverything() {
    done("set jit = off", "set work_mem = '1MB'", "reset jit");
    assertInForce("set work_mem = '1MB'");
    done("discard all", "set jit = on", "RESET ALL");
    assertInForce();
  }

  @Test
  void characteristicsOfTheSessionCountAndThoseOfATransactionDoNot() {
    done(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION READ ONLY",
        "set transaction_isolation = 'serializable'",
        "set local search_path = a");
    assertInForce(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    done("set default_transaction_isolation = 'read committed'");
    assertInForce(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "set default_transaction_isolation = 'read committed'");
  }

  @Test
  void resetOfOneOfSeveralCharacteristicsLeavesTheOthers() {
    String both = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, DEFERRABLE";
    done(both, "reset default_transaction_read_only");
    assertInForce(both, "reset default_transaction_read_only");
    done("set default_transaction_read_only = on, default_transaction_deferrable = off");
    done("SET SESSION CHARACTERISTICS AS TRANSACTION DEFERRABLE, READ WRITE");
    assertInForce("SET SESSION CHARACTERISTICS AS TRANSACTION DEFERRABLE, READ WRITE");
  }

  @Test
  void whatSetsNothingIsNotKept() {
    done("show search_path", "listen news", "deallocate all", "");
    assertInForce();
  }

  @Test
  void statementThatFailsSetsNothing() {
    done("set jit = off");
    send("set jit = on");
    baseline.failed();
    ready(IDLE);
    assertInForce("set jit = off");
  }

  @Test
  void whatIsOnItsWayIsTakenForDone() {
    send("set jit = off");
    assertInForce("set jit = off");
    send("set work_mem = '1MB'");
    assertInForce("set jit = off", "set work_mem = '1MB'");
    baseline.completed(replies - 2);
    ready(replies - 2, IDLE);
    baseline.failed();
    ready(replies - 1, IDLE);
    assertInForce("set jit = off");
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "end", "prepare transaction 'x'"})
  void commitKeepsWhatWasSetThoughAStatementBehindASavepointFailed(String end) {
    doneInBlock("set search_path = other", "savepoint s");
    fail("insert");
    doneInBlock("rollback to s");
    done(end);
    assertInForce("set search_path = other");
    fail("insert");
    assertInForce("set search_path = other");
  }

  @Test
  void rollbackUndoesWhatWasSet() {
    done("set search_path = a");
    doneInBlock("set search_path = b", "set jit = off", "savepoint s", "reset search_path");
    assertInForce("set jit = off");
    doneInBlock("rollback to s");
    assertInForce("set search_path = b", "set jit = off");
    done("rollback");
    assertInForce("set search_path = a");
  }

  @Test
  void commitOfAFailedTransactionIsARollback() {
    doneInBlock("set search_path = a");
    fail("insert");
    done("commit");
    assertInForce();
  }

  @Test
  void rollbackToASavepointOfBeforeTheFirstChangeUndoesAllOfThem() {
    doneInBlock("savepoint s", "set search_path = a", "savepoint t", "rollback to s");
    done("commit");
    assertInForce();
  }

  @Test
  void savepointsOfOneNameHideEachOther() {
    doneInBlock("set jit = on", "savepoint s", "set jit = off", "savepoint s", "savepoint s");
    doneInBlock("set work_mem = '1MB'", "release s", "rollback to s");
    assertInForce("set jit = off");
    doneInBlock("release s", "rollback to s");
    assertInForce("set jit = on");
    doneInBlock("release s", "rollback to s");
    assertInForce();
  }

  @Test
  void savepointInFrontOfEveryStatementCostsNothing() {
    doneInBlock("set jit = off");
    for (int i = 0; i < 1000; i++) {
      doneInBlock("savepoint PGJDBC_AUTOSAVE");
    }
    doneInBlock("rollback to pgjdbc_autosave");
    done("commit");
    assertInForce("set jit = off");
  }

  @Test
  void statementsOfOneTextCountAsFarAsTheyWereDone() {
    send("begin", "set jit = off", "commit", "set work_mem = '1MB'", "select");
    for (int i = 0; i < 4; i++) {
      baseline.completed(replies - 1);
    }
    baseline.failed();
    ready(IDLE);
    assertInForce("set jit = off");
  }

  @Test
  void completionsOfEarlierMessagesAreNotTakenForLaterOnes() {
    sendOfACaller();
    send("set jit = off");
    baseline.completed(replies - 2);
    ready(replies - 2, IDLE);
    baseline.failed();
    ready(replies - 1, IDLE);
    assertInForce();
  }

  @Test
  void callersSettingsDoNotCount() {
    done("set jit = off");
    sendOfACaller();
    baseline.completed(replies - 1);
    ready(IDLE);
    assertInForce("set jit = off");
  }

  @Test
  void spellingsWithoutEndDoNotGrowIt() {
    for (int i = 0; i < 1000; i++) {
      done("set x.x" + i + " = 1");
    }
    StringBuilder text = new StringBuilder();
    baseline.appendTo(text);
    assertThat(text.toString().split(";", -1)).hasSize(65).endsWith("set x.x999 = 1\n");
  }

  private void done(String... statements) {
    for (String statement : statements) {
      send(statement);
      baseline.completed(replies - 1);
      ready(IDLE);
    }
  }

  private void doneInBlock(String... statements) {
    for (String statement : statements) {
      send(statement);
      baseline.completed(replies - 1);
      ready(BLOCK);
    }
  }

  private void fail(String statement) {
    send(statement);
    baseline.failed();
    ready(FAILED);
  }

  private void send(String... statements) {
    for (String statement : statements) {
      byte[] bytes = statement.getBytes(StandardCharsets.UTF_8);
      SessionChange change = SCANNER.scan(bytes, 0, bytes.length, true).change(0);
      boolean sets = change != null && change.verb().isOfSettings();
      baseline.sent(change, sets ? statement : null);
    }
    baseline.endedGroup(++replies);
  }

  private void sendOfACaller() {
    byte[] bytes = "set jit = on".getBytes(StandardCharsets.UTF_8);
    baseline.sent(SCANNER.scan(bytes, 0, bytes.length, true).change(0), null);
    baseline.endedGroup(++replies);
  }

  private void ready(TransactionStatus status) {
    ready(replies - 1, status);
  }

  private void ready(long reply, TransactionStatus status) {
    baseline.ready(reply, status);
  }

  private void assertInForce(String... statements) {
    StringBuilder text = new StringBuilder();
    baseline.appendTo(text);
    StringBuilder expected = new StringBuilder();
    for (String statement : statements) {
      expected.append(';').append(statement).append('\n');
    }
    assertThat(text).hasToString(expected.toString());
  }
}
