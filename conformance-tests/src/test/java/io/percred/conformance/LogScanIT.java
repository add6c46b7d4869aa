package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.spi.Credential;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a token must not turn up: the server's log and its views. */
class LogScanIT extends PostgresIT {
  private static final Credential SECRET = Credential.of("planted-0d1f9c55b1", "secretive");

  @Test
  void tokenIsInNoLogByDefault() throws Exception {
    long before = logSize();

    Connection connection = connect();
    as(
        SECRET,
        () -> {
          work(connection);
          assertFails("22012", () -> ask(connection, "select 1 / 0"));
        });

    assertThat(logSince(before)).doesNotContain(SECRET.token()).contains("division by zero");
  }

  @Test
  void tokenIsInNoLogOfEverythingWhenParametersAreNotLogged() throws Exception {
    database.asSuperuser(
        """
        do $$ begin
          execute format('alter database %1$I set log_statement = ''all''', current_database());
          execute format('alter database %1$I set log_parameter_max_length = 0',
            current_database());
          execute format('alter database %1$I set log_min_duration_statement = 0',
            current_database());
        end $$
        """);
    long before = logSize();

    try (Connection connection = connect()) {
      as(SECRET, () -> work(connection));
    } finally {
      database.asSuperuser(
          """
          do $$ begin
            execute format('alter database %1$I reset all', current_database());
          end $$
          """);
    }

    assertThat(logSince(before)).doesNotContain(SECRET.token()).contains("insert into entry");
  }

  @Test
  void tokenIsInNoView() throws Exception {
    database.asSuperuser("create extension if not exists pg_stat_statements");
    Connection connection = connectForTransactions();
    as(
        SECRET,
        () -> {
          work(connection);
          List<String> shown =
              database.column("select query from pg_stat_activity where query is not null");
          assertThat(shown).noneMatch(query -> query != null && query.contains(SECRET.token()));
          assertThat(
                  askAll(
                      connection,
                      "select coalesce(name, '') || statement from pg_prepared_statements"))
              .noneMatch(text -> text != null && text.contains(SECRET.token()));
          connection.commit();
        });
    assertThat(
            database.value(
                "select count(*) from pg_stat_statements where query like '%"
                    + SECRET.token()
                    + "%' and query not like '%pg_stat_statements%'"))
        .isEqualTo("0");
  }

  private static void work(Connection connection) throws Exception {
    assertThat(who(connection)).isEqualTo(SECRET.token());
    insert(connection, "x");
    execute(connection, "do $$ begin perform 1; end $$");
    assertThat(ask(connection, "select 1")).isEqualTo("1");
  }

  private long logSize() throws Exception {
    return Files.size(log());
  }

  private String logSince(long offset) throws Exception {
    byte[] all = Files.readAllBytes(log());
    return new String(all, (int) offset, all.length - (int) offset, StandardCharsets.UTF_8);
  }

  private Path log() {
    Path log = server.log();
    assumeTrue(log != null, "the rig has no access to the server's log");
    return java.util.Objects.requireNonNull(log);
  }
}
