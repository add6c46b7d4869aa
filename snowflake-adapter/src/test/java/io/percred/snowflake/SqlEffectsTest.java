package io.percred.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.session.SqlEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlEffectsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ; ",
        "-- nothing",
        "select 1",
        "/* use x */ SELECT 1;",
        "// use x\n select 'a;b' ; -- use x",
        "((select 1) union (select 2))",
        "with t as (select 1) select * from t",
        "insert into t values ('it''s; use x', \"a;b\")",
        "update t set a = $$;use x$$",
        "update t set a = 'a\\';use x'",
        "merge into t using s on t.a = s.a when matched then delete",
        "delete from t; insert into t values (1)",
        "show tables in account",
        "copy into t from @stage",
        "describe table t",
        "show tables ->> select \"name\" from $1 ->> select count(*) from $1",
        "select '->> use role admin'",
        "select transform(a, x -> x + 1) from t -- ->> use role admin",
        "select a$$b, $1, \"a$$\" from t; select 1",
        "select $$use role admin; begin$$",
        "copy into t from @stage/in/file.csv file_format = (type = csv)",
        "copy into @%t/out from t; list @~",
        "select mail, 'a@b//c' from t"
      })
  void leavesNothingBehind(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(SqlEffect.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "use role admin",
        "/* c */ -- d\n ; USE SCHEMA s",
        "alter session set timezone = 'UTC'",
        "set x = 1",
        "unset x",
        "create temporary table t (a int)",
        "create or replace temp table t (a int)",
        "create database d",
        "call p()",
        "execute immediate 'use role admin'",
        "begin let x := 1; return x; end",
        "begin use role admin; end",
        "declare x int; begin return x; end",
        "with p as procedure () returns int language sql as $$ begin return 1; end $$ call p()",
        "select 1; use role admin",
        "select 1 ->> use role admin",
        "show tables->>create temporary table t as select * from $1",
        "begin; select 1; commit",
        "{call p()}",
        "drop schema s",
        "select a$$b from t; use role admin; select c$$d from t",
        "list @stage//in; use role admin",
        "list @stage/in--out; use role admin",
        "select 1 from @db.public.stage/*/x; use role admin; --*/",
        "select 1 -- c\r; use role admin",
        "some new command"
      })
  void mayLeaveSomethingBehind(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(SqlEffect.CHANGES_SESSION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "begin",
        "BEGIN;",
        "begin transaction",
        "/* c */ begin work",
        "begin name t1",
        "start transaction",
        "begin -- c\n transaction name x;"
      })
  void beginsATransaction(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(SqlEffect.BEGINS_TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"commit", "COMMIT WORK;", "rollback"})
  void endsTheTransaction(String sql) {
    assertThat(SqlEffects.of(sql)).isEqualTo(SqlEffect.ENDS_TRANSACTION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "(select 1) union (select 2)",
        "with x as (select 1) select * from x",
        "show tables; select 1",
        "-- x\ndescribe table t",
        "select 'insert into t' from t"
      })
  void readingIsToldFromWriting(String sql) {
    assertThat(SqlEffects.onlyReads(sql)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into t select 1",
        "select 1; delete from t",
        "copy into t from @s",
        "select s.nextval",
        "select system$cancel_query('x')",
        "truncate table t",
        "call p()",
        "select $1 from values (1) ->> insert into t select * from $1",
        "with p as procedure () returns int language sql as $$ begin end $$ call p()",
        "begin",
        "set x = 1"
      })
  void whatMayWriteDoesNotOnlyRead(String sql) {
    assertThat(SqlEffects.onlyReads(sql)).isFalse();
  }

  @Test
  void statementsOfATextAreCounted() {
    assertThat(SqlEffects.statementsIn("select 1")).isOne();
    assertThat(SqlEffects.statementsIn("select ';'; -- ;\n insert into t values (1);;"))
        .isEqualTo(2);
    assertThat(SqlEffects.statementsIn("begin select 1; select 2; end")).isZero();
    assertThat(SqlEffects.statementsIn("show tables ->> select * from $1")).isZero();
  }
}
