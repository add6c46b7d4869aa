package io.percred.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlScannerTest {
  private static final String SPLIT = "select a; commit; select b";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select ';'",
        "select ''';'",
        "select E'\\';'",
        "select e'\\\\'';'",
        "select E'a'\n '\\';'",
        "select E'a' -- ; '\n \t\r '\\';'",
        "select n';', N'''', b';', X';', u&';', U&'\\'';'",
        "select \";\", \"a\"\";\", u&\";\", U&\"\"\";\"",
        "select $$;'$$, $a$;$$;$a$, $é_1$;$é$;$a_1$;$é_1$",
        "select 1$$;$$",
        "select $1$$;$$",
        "select ($$;$$)",
        "select /* ; /* ; */ ; */ /**/ 1",
        "select 1 --;\r + 1",
        "select @/*;*/ 1 +--;\n 1",
        "create rule r as on insert to t do (delete from a; delete from b)",
        "create function f() returns int begin atomic select 1; select 2; end",
        "create or replace procedure p(begin atomic) begin atomic; select case a when 1 then 2 end;"
            + " end",
        "create function f() returns int begin atomic select 1 end; select 1 as end; select t.end,"
            + " begin atomic; select 1 case; end",
        "create function f() returns begin begin atomic end",
        "create function f() begin atomic select ';end;' /* ; end */; /**/ end",
      })
  void semicolonInsideDoesNotSplit(String sql) {
    assertThat(split(sql, true)).containsExactly(sql);
    assertThat(split(sql + ";" + sql + " ; commit", true)).containsExactly(sql, sql, "commit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'\\'",
        "'a'\n '\\'",
        "b'\\'",
        "x'\\'",
        "N'\\'",
        "U&'\\'",
        "\"\\\"",
        "E'\\\\'",
        "E'a' '\\'",
        "E'a'/*\n*/'\\'",
        "_e'\\'",
        "a$$",
        "a$x$",
        "é$$",
        "_$$",
        "a1$x$",
        "$1",
        "$ $",
        "$1x$",
        "$a b$",
        "$$'$$",
        "$a$$$a$",
        "/*/**/*/",
        "/**/",
        "--\r",
        "--'\n",
        "-'-'",
        "(1)",
        ")",
        "begin atomic",
        "begin",
        "case",
        "1.5",
      })
  void semicolonBehindSplits(String token) {
    assertThat(split("select " + token + " ; commit", true)).hasSize(2).endsWith("commit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'",
        "e'",
        "e'\\'",
        "\"",
        "u&\"",
        "$$",
        "$a$ $b$",
        "$a$ $a",
        "/*",
        "/* /* */",
        "(",
        "--",
        "--\t",
        "b'",
        "'a''",
        "u&'",
      })
  void whatIsNotClosedTakesTheRest(String open) {
    assertThat(scan("select " + open + "; commit; select secret", true).count()).isEqualTo(1);
  }

  @Test
  void createFunctionWithAnOpenBodyTakesTheRest() {
    SqlText text = scan("create function f() begin atomic select 1; select 2", true);
    assertThat(text.count()).isEqualTo(1);
  }

  @Test
  void bodyOfARoutineEndsOnlyInCreateFunctionOrProcedure() {
    assertThat(split("create view v as select begin atomic; end", true))
        .containsExactly("create view v as select begin atomic", "end");
    assertThat(split("create function f(a begin atomic) as $$x$$; end", true)).hasSize(2);
    assertThat(split("create function f() begin atomic end; end; end", true)).hasSize(3);
  }

  @Test
  void backslashesEscapeInPlainStringsOnlyWhenTheServerSaysSo() {
    String sql = "select '\\'; commit; select '";
    assertThat(split(sql, true)).containsExactly("select '\\'", "commit", "select '");
    assertThat(split(sql, false)).containsExactly(sql);
    assertThat(split("select n'\\'; commit; select '", false)).hasSize(1);
    assertThat(split("select b'' \n '\\' ; commit", false)).hasSize(2);
    assertThat(split("select u&'\\' ; commit", false)).hasSize(2);
    assertThat(split("select $$\\$$ ; commit", false)).hasSize(2);
  }

  @Test
  void backslashInAPlainStringIsReported() {
    assertThat(scan("select 'a\\b'", true).holdsBackslash()).isTrue();
    assertThat(scan("select 'a\\b'", false).holdsBackslash()).isTrue();
    assertThat(scan("select N'\\'", true).holdsBackslash()).isTrue();
    assertThat(scan("select 'a'\n'\\'", true).holdsBackslash()).isTrue();
    assertThat(scan("select E'\\n', $$\\$$, \"\\\" /* '\\' */ -- '\\'", true).holdsBackslash())
        .isFalse();
    assertThat(scan("select u&'\\0041', x'\\'", true).holdsBackslash()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1e'\\''",
        "select 1_0$x$",
        "select 1e5$x$",
        "select $1a$x$",
        "select 0x1'a'"
      })
  void readingThatDependsOnTheVersionIsReported(String sql) {
    assertThat(scan(sql, true).ambiguous()).isTrue();
    assertThat(scan("select 1, 1.5e10, $1, 1$$a$$, 0x1F, t1.a$x, 'a'", true).ambiguous()).isFalse();
  }

  @Test
  void nulByteIsReported() {
    assertThat(scan("begin\0; select 1", true).ambiguous()).isTrue();
  }

  @Test
  void statementsThatMayRenamePreparedOnesAreReported() {
    for (String sql :
        List.of(
            "prepare a as select 1",
            "prepare transaction as select 1",
            "deallocate a",
            "execute a",
            "discard plans",
            "do $$x$$",
            "call p()",
            "select 1; /**/ EXECUTE a")) {
      assertThat(scan(sql, true).mayRenameStatements()).as(sql).isTrue();
    }
    for (String sql : List.of("prepare transaction 'a'", "select 1", "", "\"execute\"")) {
      assertThat(scan(sql, true).mayRenameStatements()).as(sql).isFalse();
    }
  }

  @Test
  void emptyStatementsAreDroppedBesideOthersButAnEmptyTextHasOne() {
    assertThat(split(";; /* a */ ; select 1 ;; ;begin; -- b", true))
        .containsExactly("select 1", "begin");
    SqlText empty = scan(" ;; -- a", true);
    assertThat(empty.count()).isEqualTo(1);
    assertThat(empty.kind(0)).isEqualTo(StatementKind.EMPTY);
    assertThat(empty.start(0)).isZero();
    assertThat(empty.end(0)).isEqualTo(8);
  }

  @Test
  void manyStatementsKeepTheirKindsAndPlaces() {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      sql.append(i % 2 == 0 ? " begin ;" : "select a;");
    }
    SqlText text = scan(sql.toString(), true);
    assertThat(text.count()).isEqualTo(1000);
    for (int i = 0; i < 1000; i++) {
      assertThat(text.kind(i)).isEqualTo(i % 2 == 0 ? StatementKind.BEGIN : StatementKind.FAST);
      assertThat(sql.substring(text.start(i), text.end(i)))
          .isEqualTo(i % 2 == 0 ? "begin" : "select a");
    }
  }

  @Test
  void onlyTheRangeIsReadAndPlacesCountFromItsBeginning() {
    byte[] bytes = ("xx'" + SPLIT + "' ; commit").getBytes(StandardCharsets.UTF_8);
    SqlText text = new SqlScanner(Set.of()).scan(bytes, 3, SPLIT.length(), true);
    assertThat(text.count()).isEqualTo(3);
    assertThat(text.start(0)).isZero();
    assertThat(text.start(1)).isEqualTo(10);
    assertThat(text.end(2)).isEqualTo(SPLIT.length());
  }

  @Test
  void indexOrRangeOutsideIsRefused() {
    SqlText text = scan(SPLIT, true);
    assertThatThrownBy(() -> text.kind(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.start(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.end(4)).isInstanceOf(IndexOutOfBoundsException.class);
    SqlScanner scanner = new SqlScanner(Set.of());
    assertThatThrownBy(() -> scanner.scan(new byte[3], 2, 2, true))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void toStringTellsKindsAndNoText() {
    assertThat(scan("begin; select 'secret'", true)).hasToString("SqlText[BEGIN, FAST]");
  }

  private static SqlText scan(String sql, boolean conforming) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new SqlScanner(Set.of()).scan(bytes, 0, bytes.length, conforming);
  }

  private static List<String> split(String sql, boolean conforming) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    SqlText text = new SqlScanner(Set.of()).scan(bytes, 0, bytes.length, conforming);
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < text.count(); i++) {
      int start = text.start(i);
      parts.add(new String(bytes, start, text.end(i) - start, StandardCharsets.UTF_8));
    }
    return parts;
  }
}
