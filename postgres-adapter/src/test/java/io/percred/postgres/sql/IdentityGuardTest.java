package io.percred.postgres.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityGuardTest {
  private static final Set<String> GUARDED =
      Set.of("role", "session_authorization", "app.api_token", "request.", "search_path");

  private final SqlScanner scanner = new SqlScanner(Set.of(), GUARDED);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "set role x                                   | SET role",
        "SET LOCAL \"ROLE\" = 'x'                     | SET role",
        "set/**/session/**/role to x                  | SET role",
        "set session authorization x                  | SET SESSION AUTHORIZATION",
        "set local session authorization default      | SET SESSION AUTHORIZATION",
        "set session session authorization x          | SET SESSION AUTHORIZATION",
        "set session_authorization = x                | SET session_authorization",
        "set app.api_token = 'x'                      | SET app.api_token",
        "set \"app\".\"API_token\" = 'x'              | SET app.api_token",
        "set \"app.api_token\" = 'x'                  | SET app.api_token",
        "set request.jwt.claim.sub = 'x'              | SET request.jwt.claim.sub",
        "set schema 'x'                               | SET search_path",
        "set u&\"\\0072ole\" = 'x'                    | SET of a name that cannot be read",
        "reset role                                   | RESET role",
        "reset session authorization                  | RESET SESSION AUTHORIZATION",
        "reset all                                    | RESET ALL",
        "reset u&\"role\"                             | RESET of a name that cannot be read",
        "discard /* all */ all                        | DISCARD ALL",
        "alter role x set role = 'y'                  | ALTER ROLE ... SET",
        "alter /**/ user all in database d set x to 1 | ALTER USER ... SET",
        "alter role set set a = 1                     | ALTER ROLE ... SET",
        "alter role \"set\" reset a                    | ALTER ROLE ... RESET",
        "select 1; alter database d reset all         | ALTER DATABASE ... RESET",
        "alter database d set tablespace.x = 1        | ALTER DATABASE ... SET",
        "alter database tablespace set a = 1          | ALTER DATABASE ... SET",
        "alter system set log_statement = 'all'       | ALTER SYSTEM ... SET",
        "select 1; reset role                         | RESET role",
        "select set_config('role', $1, true)          | set_config of role",
        "select pg_catalog . \"set_config\" ('request.x', '', true) | set_config of request.x",
        "select set_config($1, $2, true)              | set_config of a computed name",
        "select set_config(concat('a'), '', true)     | set_config of a computed name",
        "select set_config('role'::text, '', true)    | set_config of a computed name",
        "select set_config(E'app.note', '', true)     | set_config of a computed name",
        "select set_config($$app.note$$, '', true)    | set_config of a computed name",
        "select u&\"set\\005fconfig\"('x','y',true)   | A call by a Unicode name",
        "select 1e'x'                                 | A text that versions read differently"
      })
  void guardedStatementsAreFound(String sql, String expected) {
    assertThat(guarded(sql, true)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "select 1",
        "set statement_timeout = 0",
        "set local app.other = 'x'",
        "set session.x = 'y'",
        "set local.role = 'y'",
        "set session session.x = 'y'",
        "set time zone 'UTC'",
        "set names 'UTF8'",
        "set session characteristics as transaction read only",
        "set transaction read only",
        "set app_api_token = 1",
        "reset statement_timeout",
        "reset session.x",
        "reset time zone",
        "discard temp",
        "select set_config('app.note', 'role', true)",
        "select set_config",
        "select 'reset role'; select $x$ set role y $x$",
        "select 1 -- reset role",
        "update t set role = 'x'",
        "alter role x password 'set'",
        "alter role \"set\" rename to y",
        "alter database x set tablespace y",
        "alter table x alter y set default 1",
        "alter function f() set role = 'y'",
        "select u&\"d\\0061ta\" from t"
      })
  void otherStatementsAreNot(String sql) {
    assertThat(guarded(sql, true)).isNull();
  }

  /** Whether the second part is a string or a statement depends on what the server is set to. */
  @Test
  void backslashIsReadBothWays() {
    String sql = "select 'a\\'; reset role; --'";
    assertThat(guarded(sql, true)).isEqualTo("RESET role");
    assertThat(guarded(sql, false)).isEqualTo("RESET role");
    assertThat(guarded("select set_config('app.\\x', '', true)", true))
        .isEqualTo("set_config of a computed name");
  }

  @Test
  void nothingIsGuardedUnlessAskedFor() {
    byte[] text = "reset role".getBytes(StandardCharsets.UTF_8);
    assertThat(new SqlScanner(Set.of()).scan(text, 0, text.length, true).guarded()).isNull();
  }

  private @Nullable String guarded(String sql, boolean standardStrings) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return scanner.scan(text, 0, text.length, standardStrings).guarded();
  }
}
