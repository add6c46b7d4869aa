package io.percred.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What of the statements that nobody in particular sent is in force at the end. */
class SessionBaselineTest {
  private final SessionBaseline baseline = new SessionBaseline();

  @Test
  void lastStatementOfASettingStandsLast() {
    sent("SET search_path = a", "set Timezone to 'UTC'", "set session \"search_path\" TO b");
    assertInForce("set Timezone to 'UTC'", "set session \"search_path\" TO b");
  }

  @Test
  void spellingsWithSyntaxOfTheirOwnAreTheSameSetting() {
    sent("set time zone 'UTC'", "set timezone = 'CET'", "set schema 'a'", "SET search_path = b");
    assertInForce("set timezone = 'CET'", "SET search_path = b");
  }

  @Test
  void resetTakesASettingOutAndDiscardAllEverything() {
    sent("set jit = off", "set work_mem = '1MB'", "reset jit");
    assertInForce("set work_mem = '1MB'");
    sent("discard all", "set jit = on", "RESET ALL");
    assertInForce();
  }

  @Test
  void characteristicsOfTheSessionCountAndThoseOfATransactionDoNot() {
    sent(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET TRANSACTION READ ONLY",
        "set transaction_isolation = 'serializable'",
        "set local search_path = a");
    assertInForce(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  }

  @Test
  void failureTakesWhatWasNotSettledWithIt() {
    sent("set jit = off");
    baseline.settled();
    sent("set jit = on", "set work_mem = 'much'");
    baseline.failed();
    assertInForce("set jit = off");
    sent("set work_mem = '2MB'", "reset all");
    baseline.failed();
    baseline.settled();
    baseline.failed();
    assertInForce("set jit = off");
  }

  @Test
  void whatSetsNothingIsNotKept() {
    sent("show search_path", "listen news", "deallocate all", "");
    assertInForce();
  }

  @Test
  void spellingsWithoutEndDoNotGrowIt() {
    for (int i = 0; i < 1000; i++) {
      baseline.sent("set x" + i + " = 1");
    }
    StringBuilder text = new StringBuilder();
    baseline.appendTo(text);
    assertThat(text.toString().split(";", -1)).hasSize(65).endsWith("set x999 = 1\n");
  }

  private void sent(String... statements) {
    for (String statement : statements) {
      baseline.sent(statement);
    }
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
