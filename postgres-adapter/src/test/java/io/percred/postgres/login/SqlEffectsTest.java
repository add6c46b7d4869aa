package io.percred.postgres.login;

import static io.percred.session.SqlEffect.BEGINS_TRANSACTION;
import static io.percred.session.SqlEffect.CHANGES_SESSION;
import static io.percred.session.SqlEffect.ENDS_TRANSACTION;
import static io.percred.session.SqlEffect.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlEffectsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-- nothing",
        "select 1",
        "select 1; select 2",
        "SELECT * FROM settings",
        "insert into t values ('set role x; listen y')",
        "with x as (select 1) select * from x",
        "values (1), (2)",
        "table t",
        "copy t from stdin",
        "copy (select 1) to stdout",
        "lock table t",
        "savepoint s",
        "rollback to s",
        "release s",
        "show search_path",
        "explain analyze select 1",
        "create table t (x int)",
        "create index concurrently i on t (x)",
        "drop table t",
        "truncate t",
        "vacuum t",
        "notify channel, 'listen'",
        "declare c cursor for select 1",
        "fetch 10 from c",
        "commit prepared 'x'",
        "set local statement_timeout = '1s'",
        "set local role x",
        "set transaction isolation level serializable",
        "select set_config('app.x', ?, true)",
        "select set_config($1,$2,true), set_config('a.b', '', TRUE)",
        "select pg_advisory_xact_lock(1)",
        "select pg_advisory_unlock(1)"
      })
  void nothingIsLeftBehind(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set statement_timeout = '1s'",
        "SET SESSION AUTHORIZATION bob",
        "set role bob",
        "set \"role\" to bob",
        "reset role",
        "reset all",
        "discard all",
        "set session characteristics as transaction read only",
        "set local.x = 'a setting of that name'",
        "set local . x = 'the same'",
        "set transaction.x = '1'",
        "listen c",
        "unlisten *",
        "prepare p as select 1",
        "execute p",
        "deallocate all",
        "declare c cursor with hold for select 1",
        "create temp table t (x int)",
        "create local temporary table t as select 1",
        "create table pg_temp.t (x int)",
        "select 1 into temp t",
        "select 1 into temporary table t",
        "select set_config('app.x', 'y', false)",
        "select set_config('app.x', 'y', true), set_config('app.x', 'y', false)",
        "select pg_catalog.set_config('app.x', 'y', $1)",
        "select pg_advisory_lock(1)",
        "select PG_TRY_ADVISORY_LOCK_SHARED(1, 2)",
        "explain analyze select pg_advisory_lock(1)",
        "create table t as select set_config('a.b', 'c', false)",
        "call p()",
        "{call p(?)}",
        "do $$ begin end $$",
        "load 'auto_explain'",
        "select 1; set lock_timeout = 1",
        "begin; set local x.y = 1",
        "select 1e'\\'; set role bob; --'"
      })
  void sessionIsChanged(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(CHANGES_SESSION);
  }

  @Test
  void transactionVerbsAreTold() {
    assertThat(SqlEffects.of("begin")).isEqualTo(BEGINS_TRANSACTION);
    assertThat(SqlEffects.of("start transaction read only")).isEqualTo(BEGINS_TRANSACTION);
    assertThat(SqlEffects.of("commit and chain")).isEqualTo(BEGINS_TRANSACTION);
    assertThat(SqlEffects.of("/* x */ commit")).isEqualTo(ENDS_TRANSACTION);
    assertThat(SqlEffects.of("rollback;")).isEqualTo(ENDS_TRANSACTION);
    assertThat(SqlEffects.of("prepare transaction 'x'")).isEqualTo(ENDS_TRANSACTION);
  }

  @Test
  void textThatReadsDifferentlyWithoutConformingStringsCounts() {
    assertThat(SqlEffects.of("select '\\'; set role bob; --'")).isEqualTo(CHANGES_SESSION);
    assertThat(SqlEffects.of("select 'a\\b'")).isEqualTo(NONE);
  }
}
