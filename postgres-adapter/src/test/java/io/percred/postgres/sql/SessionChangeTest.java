package io.percred.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What of a statement outlives it: verb and names, wherever comments stand. */
class SessionChangeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set search_path = shop | SET [search_path]",
        "set session \"Search_Path\" to shop | SET [search_path]",
        "set schema 'a' | SET [search_path]",
        "set time zone 'UTC' | SET [timezone]",
        "set names 'UTF8' | SET [client_encoding]",
        "set app.region = 'eu' | SET [app.region]",
        "set \"App\".Region = 'eu' | SET [app.region]",
        "set random_page_cost = 1.1 | SET [random_page_cost]",
        "set session characteristics as transaction read only | SET [default_transaction_read_only]",
        "set session characteristics as transaction isolation level read committed | SET"
            + " [default_transaction_isolation]",
        "set session characteristics as transaction isolation level read committed, read write,"
            + " not deferrable | SET [default_transaction_isolation,"
            + " default_transaction_read_only, default_transaction_deferrable]",
        "reset jit | RESET [jit]",
        "reset time zone | RESET [timezone]",
        "reset app.region | RESET [app.region]",
        "reset all | RESET_ALL []",
        "discard all | RESET_ALL []",
        "savepoint S | SAVEPOINT [s]",
        "savepoint \"S\" | SAVEPOINT [S]",
        "release s | RELEASE [s]",
        "release savepoint s | RELEASE [s]",
        "release savepoint | RELEASE [savepoint]",
        "rollback to s | ROLLBACK_TO [s]",
        "rollback work to savepoint s | ROLLBACK_TO [s]",
        "rollback | ROLLBACK []",
        "abort and chain | ROLLBACK []",
        "commit | COMMIT []",
        "end and no chain | COMMIT []",
        "prepare transaction 'x' | COMMIT []"
      })
  void statementsTellVerbAndNames(String sql, String expected) {
    assertThat(shown(sql)).isEqualTo(expected);
    assertThat(shown("/* app */ " + sql.replace(" ", " /* c */ -- d\n"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set local search_path = a",
        "set transaction read only",
        "set transaction_isolation = 'serializable'",
        "show search_path",
        "listen news",
        "discard temp",
        "deallocate all",
        "set role a",
        "set u&\"search_path\" = a",
        "commit prepared 'x'",
        "commit x",
        "begin",
        "select 1"
      })
  void whatDoesNotOutliveItsTransactionTellsNothing(String sql) {
    assertThat(change(sql, 0)).isNull();
  }

  @Test
  void eachStatementOfATextTellsItsOwn() {
    String text = "select 1; set jit = off; savepoint a; commit";
    assertThat(change(text, 0)).isNull();
    assertThat(change(text, 1)).isEqualTo(SessionChange.of(SessionChange.Verb.SET, "jit"));
    assertThat(change(text, 2)).isEqualTo(SessionChange.of(SessionChange.Verb.SAVEPOINT, "a"));
    assertThat(change(text, 3)).isEqualTo(SessionChange.COMMIT);
  }

  private static String shown(String sql) {
    SessionChange change = change(sql, 0);
    return change == null ? "nothing" : change.verb() + " " + change.names();
  }

  private static @Nullable SessionChange change(String sql, int statement) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new SqlScanner(Set.of()).scan(bytes, 0, bytes.length, true).change(statement);
  }
}
