package io.percred.postgres.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlMemoryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        " SELECT current_user, session_user ;",
        "select current_date as today",
        "show search_path",
        "show myapp.setting"
      })
  void constantLeavesNothing(String sql) {
    assertThat(SqlMemory.isLeftAloneBy(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select * from t",
        "select f()",
        "select 1 into t",
        "select 1; insert into t values (1)",
        "select a + b",
        "select x::mytype",
        "table t",
        "insert into t default values",
        "select nextval('s')"
      })
  void whatMayRunCodeOfTheDatabaseMayLeaveSomething(String sql) {
    assertThat(SqlMemory.isLeftAloneBy(sql)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select lastval()",
        "select currval('s')",
        "insert into child values (currval('parent_id_seq'))",
        "select 1; select LASTVAL ( )",
        "select \"lastval\"()",
        "select currval('s'), nextval('s')"
      })
  void askingIsFound(String sql) {
    assertThat(SqlMemory.isAskedBy(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into t default values; select lastval()",
        "select nextval('s'), currval('s')",
        "with x as (insert into t default values returning id) select lastval() from x",
        "select lastval from t",
        "insert into t values ('x') on conflict do nothing",
        "grant execute on function f to r"
      })
  void whoAsksForWhatTheSameTextLeavesDoesNotAskTheSession(String sql) {
    assertThat(SqlMemory.isAskedBy(sql)).isFalse();
  }
}
