package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          select a, "b" from t                    | SELECT A, "b" FROM T
          select 'it''s', 'a\\'b', $$c'd$$        | SELECT 'it''s', 'a''b', 'c''d'
          select 1 -- two                         | SELECT 1
          select x::number, y::number(5,2)        | SELECT X::DECIMAL(38, 0), Y::DECIMAL(5,2)
          select cast(x as timestamp_ntz(9))      | SELECT CAST(X AS TIMESTAMP)
          select x as number from t               | SELECT X AS NUMBER FROM T
          select array from t                     | SELECT ARRAY FROM T
          create table t(a float, b variant)      | CREATE TABLE T(A DOUBLE, B JSON)
          create transient table t(a string(10))  | CREATE TABLE T(A VARCHAR(10))
          select dateadd(days, 1, d)              | SELECT dateadd_days('day', 1, D)
          select dateadd(hour, f(1), d)           | SELECT dateadd_time('hour', F(1), D)
          select datediff(month, a, b)            | SELECT date_diff('month', A, B)
          select :1, :2                           | SELECT $1, $2
          select $Region                          | SELECT getvariable('REGION')
          select seq4() from table(generator(rowcount => 5)) | SELECT generator.SEQ FROM range(5) AS generator(SEQ)
          select * from db.information_schema.tables | SELECT * FROM INFORMATION_SCHEMA.TABLES
          select 1.5e-3, .5                       | SELECT 1.5e-3, .5
          """)
  void statementIsRewritten(String sql, String expected) throws SnowflakeError {
    assertThat(Dialect.rewrite(SqlLexer.tokens(sql))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"select 'open", "select /* open", "select \"open", "select $$open"})
  void whatDoesNotEndIsRefused(String sql) {
    assertThatThrownBy(() -> SqlLexer.tokens(sql))
        .isInstanceOfSatisfying(
            SnowflakeError.class, e -> assertThat(e.code()).isEqualTo("001003"));
  }

  @Test
  void semicolonsAtTheEndAreNotAnotherStatement() throws SnowflakeError {
    assertThat(SqlLexer.tokens("select ';';; -- ;\n")).hasSize(2);
    assertThatThrownBy(() -> SqlLexer.tokens("select 1; select 2"))
        .isInstanceOfSatisfying(
            SnowflakeError.class, e -> assertThat(e.code()).isEqualTo("000008"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          (select 1) union select 2        | SELECT
          with a as (select 1) select * from a | SELECT
          alter session set a = 1          | ALTER_SESSION
          alter table t add column a int   | DDL
          create or replace temporary table t(a int) | DDL
          start transaction                | BEGIN
          desc table t                     | DESCRIBE
          """)
  void kindIsToldByTheFirstWords(String sql, StatementKind expected) throws SnowflakeError {
    assertThat(StatementKind.of(SqlLexer.tokens(sql))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pragma version",
        "attach ':memory:' as x",
        "install httpfs",
        "create temp macro current_user() as 'BOB'",
        "create function f() as 1",
        "drop macro current_user",
        "create or replace temp type t as int"
      })
  void whatOnlyDuckDbUnderstandsIsRefused(String sql) {
    assertThatThrownBy(() -> StatementKind.of(SqlLexer.tokens(sql)))
        .isInstanceOf(SnowflakeError.class);
  }

  @Test
  void columnsAreNamedByTheirTextOnlyWithoutAnAlias() throws SnowflakeError {
    assertThat(names("select a, b c, t.d, max(e), f + 1 as g, 'x', 2 * h from t", 7))
        .containsExactly("c0", "c1", "c2", "MAX(E)", "c4", "'X'", "2 * H");
    assertThat(names("select *, count(*) from t", 3)).containsExactly("c0", "c1", "c2");
    assertThat(names("with a as (select x() from t) select y() from a", 1)).containsExactly("Y()");
  }

  private static List<String> names(String sql, int count) throws SnowflakeError {
    List<Column> plain = IntStream.range(0, count).mapToObj(i -> Column.text("c" + i)).toList();
    return ColumnNames.apply(SqlLexer.tokens(sql), plain).stream().map(Column::name).toList();
  }
}
