package io.percred.postgres.sql;

import static io.percred.postgres.sql.StatementKind.BEGIN;
import static io.percred.postgres.sql.StatementKind.COPY_IN;
import static io.percred.postgres.sql.StatementKind.COPY_OUT;
import static io.percred.postgres.sql.StatementKind.EMPTY;
import static io.percred.postgres.sql.StatementKind.FAST;
import static io.percred.postgres.sql.StatementKind.LOCK;
import static io.percred.postgres.sql.StatementKind.OTHER;
import static io.percred.postgres.sql.StatementKind.PING;
import static io.percred.postgres.sql.StatementKind.PROCEDURE;
import static io.percred.postgres.sql.StatementKind.RELEASE;
import static io.percred.postgres.sql.StatementKind.ROLLBACK_TO;
import static io.percred.postgres.sql.StatementKind.SAVEPOINT;
import static io.percred.postgres.sql.StatementKind.SESSION_CONTROL;
import static io.percred.postgres.sql.StatementKind.SESSION_QUERY;
import static io.percred.postgres.sql.StatementKind.SET_SNAPSHOT;
import static io.percred.postgres.sql.StatementKind.SET_TRANSACTION;
import static io.percred.postgres.sql.StatementKind.SET_UP;
import static io.percred.postgres.sql.StatementKind.TRANSACTION_CHAIN;
import static io.percred.postgres.sql.StatementKind.TRANSACTION_END;
import static io.percred.postgres.sql.StatementKind.TWO_PHASE_END;
import static io.percred.postgres.sql.StatementKind.UNBINDABLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StatementKindTest {
  private static final Set<String> MANAGED = Set.of("app.api_token", "Statement_Timeout");

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void singleStatementHasItsKind(StatementKind kind, String sql) {
    assertThat(kindOf(sql)).isEqualTo(kind);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("singleStatementHasItsKind")
  void caseBlanksCommentsAndSemicolonsMakeNoDifference(StatementKind kind, String sql) {
    assertThat(kindOf("/* a /* b */ ; */ -- c\r\t" + sql + "\f-- d\n;; ")).isEqualTo(kind);
    assertThat(kindOf(sql.replace(" ", "/**/"))).isEqualTo(kind);
    assertThat(kindOf(sql.replace(" ", "--;'\n"))).isEqualTo(kind);
    assertThat(kindOf(sql.toUpperCase(Locale.ROOT))).isEqualTo(kind);
  }

  @Test
  void onlyAsciiLettersFold() {
    // In Unicode these fold to S and K; PostgreSQL knows no such keywords.
    assertThat(kindOf("\u017fet search_path = a")).isEqualTo(OTHER);
    assertThat(kindOf("rollbac\u212a")).isEqualTo(OTHER);
    assertThat(kindOf("set \u017fearch_path = a")).isEqualTo(OTHER);
  }

  static Stream<Arguments> singleStatementHasItsKind() {
    return Stream.of(
            of(EMPTY, "", " ", "\t\r\n\f", ";", ";;"),
            of(BEGIN, "begin", "begin work", "begin transaction isolation level serializable"),
            of(BEGIN, "start transaction", "start transaction read only, deferrable"),
            of(OTHER, "start", "start selects", "beginning", "\"begin\"", "u&\"begin\""),
            of(TRANSACTION_END, "commit", "commit work", "commit transaction", "end", "abort"),
            of(TRANSACTION_END, "end transaction", "rollback", "rollback work", "abort work"),
            of(TRANSACTION_END, "commit and no chain", "rollback work and no chain"),
            of(TRANSACTION_END, "prepare transaction 'x'", "prepare transaction $$x$$"),
            of(TRANSACTION_CHAIN, "commit and chain", "rollback transaction and chain"),
            of(TRANSACTION_CHAIN, "end and chain", "abort work and chain"),
            of(OTHER, "commit x", "commit and", "commit and no", "end if", "abort to x"),
            of(OTHER, "prepare transaction as select 1", "prepare x as select 1"),
            of(OTHER, "prepare transaction (int) as select 1", "prepare transaction"),
            of(TWO_PHASE_END, "commit prepared 'x'", "rollback prepared 'x'"),
            of(ROLLBACK_TO, "rollback to a", "rollback to savepoint a"),
            of(ROLLBACK_TO, "rollback work to savepoint a", "rollback transaction to a"),
            of(RELEASE, "release a", "release savepoint a"),
            of(SAVEPOINT, "savepoint a"),
            of(LOCK, "lock t", "lock table t in share mode"),
            of(PING, "select 1", "select 0", "select 12345"),
            of(
                SESSION_QUERY,
                "select current_catalog",
                "select current_schema",
                "SELECT current_schema()"),
            of(SESSION_QUERY, "select current_database()", "/* c */ select current_schema ( ) ;"),
            of(FAST, "select current_schema(true)", "select current_schemas(true)", "select now()"),
            of(FAST, "select current_catalog, f()", "select current_database()(", "select \"1\""),
            of(
                FAST,
                "select current_user",
                "select current_schema from t",
                "select current_database"),
            of(FAST, "select '1'", "select 1.0", "select 1e0", "select 1 as x", "select -1"),
            of(
                FAST,
                "select 1, 2",
                "select $1",
                "select (1)",
                "select",
                "select 1_0",
                "select 0x1"),
            of(FAST, "insert into t values (1)", "update t set a = 1", "delete from t"),
            of(FAST, "merge into t using s on true when matched then delete", "values (1)"),
            of(FAST, "table t", "with x as (select 1) select 1", "(select 1)", "((table t))"),
            of(FAST, "( (with x as (select 1) select 1) )", "(values (1)) union select 2"),
            of(OTHER, "(insert into t values (1))", "()", "(", "explain select 1"),
            of(PROCEDURE, "do $$x$$", "call p()", "/* c */ do language plpgsql $$begin end$$"),
            of(OTHER, "notify c", "execute x", "declare c cursor for select 1"),
            of(OTHER, "fetch all from c", "truncate t", "grant a to b", "create table t (a int)"),
            of(OTHER, "analyze", "analyze t", "checkpoint", "refresh materialized view v"),
            of(OTHER, "\ufeffbegin", "éset search_path = a", "\\begin", "1 begin", "'begin'"),
            copies(),
            unbindable(),
            sets(),
            showsAndResets())
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> copies() {
    return Stream.of(
            of(COPY_IN, "copy t from stdin", "copy t (a, b) from stdin with (format csv)"),
            of(COPY_IN, "copy s.t from stdin where a > 1", "copy t from stdout"),
            of(COPY_IN, "copy \"from\" from stdin", "copy s.from from stdin"),
            of(COPY_OUT, "copy t to stdout", "copy (select a from stdin) to stdout"),
            of(COPY_OUT, "copy t from '/a'", "copy t from program 'a'", "copy t to stdin"),
            of(COPY_OUT, "copy t to '/a'", "copy \"from\" to stdout", "copy t from \"stdin\""))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> unbindable() {
    return Stream.of(
            of(UNBINDABLE, "vacuum", "vacuum full t", "vacuum (analyze) t"),
            of(UNBINDABLE, "create index concurrently on t (a)", "drop index concurrently i"),
            of(UNBINDABLE, "create unique index concurrently i on t (a)"),
            of(
                UNBINDABLE,
                "reindex index concurrently i",
                "reindex (verbose) table concurrently t"),
            of(UNBINDABLE, "reindex (concurrently) table t", "reindex schema s"),
            of(UNBINDABLE, "reindex database", "reindex system d", "reindex (verbose) database d"),
            of(UNBINDABLE, "create database d", "drop database if exists d"),
            of(UNBINDABLE, "create tablespace t location '/a'", "drop tablespace t"),
            of(UNBINDABLE, "alter system set work_mem = 1", "alter database d set tablespace t"),
            of(UNBINDABLE, "cluster", "cluster verbose", "cluster (verbose)"),
            of(UNBINDABLE, "create subscription s connection '' publication p"),
            of(UNBINDABLE, "drop subscription s", "alter subscription s refresh publication"),
            of(UNBINDABLE, "alter table t detach partition p concurrently"),
            of(OTHER, "create index i on t (a)", "create index \"concurrently\" on t (a)"),
            of(OTHER, "drop index i", "reindex table t", "reindex (verbose) index i"),
            of(OTHER, "alter database d set work_mem = 1", "cluster t", "cluster verbose t"),
            of(OTHER, "cluster (verbose) t", "alter table t detach partition p"),
            of(OTHER, "alter table t add column a int", "create view v as select 1"),
            of(OTHER, "drop table t", "alter role r set search_path = a"))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> sets() {
    return Stream.of(
            of(SET_TRANSACTION, "set transaction read only", "set local transaction read write"),
            of(SET_TRANSACTION, "set transaction isolation level serializable"),
            of(SET_TRANSACTION, "set session transaction not deferrable"),
            of(SET_SNAPSHOT, "set transaction snapshot 'x'", "set local transaction snapshot 'x'"),
            of(SET_TRANSACTION, "set transaction deferrable"),
            of(SET_TRANSACTION, "set session characteristics as transaction read only"),
            of(SET_TRANSACTION, "set local session characteristics as transaction read only"),
            of(SET_TRANSACTION, "set session session characteristics as transaction read only"),
            of(SET_TRANSACTION, "set transaction_isolation = serializable"),
            of(SET_TRANSACTION, "set local transaction_read_only to on"),
            of(OTHER, "set transaction.x = 1", "set transaction = 1", "set transaction to 1"),
            of(OTHER, "set session characteristics.x = 1", "set characteristics as transaction"),
            of(SESSION_CONTROL, "set search_path = a, b", "set search_path to \"$user\", public"),
            of(SESSION_CONTROL, "set session search_path to a", "set local search_path to a"),
            of(SESSION_CONTROL, "set \"search_path\" = a", "set application_name = 'a;b'"),
            of(SESSION_CONTROL, "set extra_float_digits = 3", "set datestyle to iso"),
            of(SESSION_CONTROL, "set timezone = utc", "set time zone 'utc'", "set time zone local"),
            of(SESSION_CONTROL, "set schema 'a'", "set session schema E'a'", "set names 'utf8'"),
            of(SESSION_CONTROL, "set names", "set names default", "set lock_timeout = default"),
            of(SESSION_CONTROL, "set default_transaction_isolation = 'serializable'"),
            of(OTHER, "set role a", "set role = a", "set role to a", "set role none"),
            of(OTHER, "set local role a", "set session role a", "set \"role\" = a", "set role 'a'"),
            of(OTHER, "set \"role\" to a", "set role default", "set u&\"role\" = a"),
            of(OTHER, "set session authorization a", "set session session authorization a"),
            of(OTHER, "set local session authorization a", "set session authorization default"),
            of(OTHER, "set session_authorization = a", "set session_authorization to a"),
            of(OTHER, "set \"session_authorization\" to a", "set session \"authorization\" a"),
            of(OTHER, "set u&\"search_path\" = a", "set search_path.a = b"),
            of(SET_UP, "set a.b = c", "set \"a.b\" to c", "set session \"A\".b = c", "reset a.b"),
            of(SET_UP, "set random_page_cost = 1.1", "set local enable_seqscan to off"),
            of(SET_UP, "reset random_page_cost", "set a.b.c = d", "set lc_time = 'C'"),
            of(OTHER, "set auto_explain.log_min_duration = 0", "set debug_print_plan = on"),
            of(OTHER, "set log_statement = 'all'", "set session_replication_role = replica"),
            of(OTHER, "set row_security = off", "set transform_null_equals = on"),
            of(OTHER, "set standard_conforming_strings = off", "set plpgsql.variable_conflict = x"),
            of(OTHER, "set request.jwt.claims = '{}'", "reset request.jwt.claims"),
            of(OTHER, "set u&\"a.b\" = c", "set a.u&\"b\" = c", "set App.Api_Token = 'x'"),
            of(OTHER, "set \"app\".api_token = 'x'", "set app.\"API_TOKEN\" = 'x'"),
            of(OTHER, "set \"search_path\".a = b", "set \"search\"\"path\" = a"),
            of(OTHER, "set app.api_token = 'x'", "set \"app.api_token\" = 'x'"),
            of(OTHER, "set statement_timeout = 1", "set local \"statement_timeout\" = 1"),
            of(OTHER, "set standard_conforming_strings = off", "set row_security = off"),
            of(OTHER, "set constraints all deferred", "set xml option document"),
            of(OTHER, "set search_path", "set", "set local", "set session", "set schema = 'a'"),
            of(OTHER, "set schema.x = 'a'", "set names.x = 'a'", "set time.zone = 'a'"),
            of(OTHER, "set local.x = 1", "set session.x = 1", "set search_path from current"))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> showsAndResets() {
    return Stream.of(
            of(SESSION_CONTROL, "show search_path", "show time zone", "show \"work_mem\""),
            of(SESSION_CONTROL, "show transaction isolation level", "show server_version"),
            of(SESSION_CONTROL, "show transaction_isolation", "show transaction_read_only"),
            of(OTHER, "show app.api_token", "show \"app.api_token\"", "show u&\"a\"", "show all"),
            of(OTHER, "show app . x", "show \"app\".x", "show statement_timeout", "show"),
            of(OTHER, "show session authorization", "show \"statement_timeout\"", "show a b"),
            of(SESSION_CONTROL, "reset all", "reset search_path", "reset time zone"),
            of(SESSION_CONTROL, "reset \"search_path\""),
            of(OTHER, "reset role", "reset session authorization", "reset session_authorization"),
            of(OTHER, "reset \"role\"", "reset app.api_token", "reset statement_timeout"),
            of(OTHER, "reset", "reset all.x", "reset search_path.x", "reset u&\"search_path\""),
            of(OTHER, "reset transaction isolation level", "reset \"all\""),
            of(SESSION_CONTROL, "listen a", "unlisten *", "unlisten a", "deallocate all"),
            of(SESSION_CONTROL, "deallocate prepare x", "discard all", "discard temp"))
        .flatMap(cases -> cases);
  }

  private static Stream<Arguments> of(StatementKind kind, String... texts) {
    return Stream.of(texts).map(text -> Arguments.of(kind, text));
  }

  private static StatementKind kindOf(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    SqlText text = new SqlScanner(MANAGED).scan(bytes, 0, bytes.length, true);
    assertThat(text.count()).isEqualTo(1);
    return text.kind(0);
  }
}
