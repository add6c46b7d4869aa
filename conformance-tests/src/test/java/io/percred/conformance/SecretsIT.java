package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.spi.Credential;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Planted tokens, searched for in what the server writes down when it is told to write it all. */
class SecretsIT extends PostgresIT {
  private static final Credential FIRST = Credential.of("planted-5c1b7e02a94d", "first");
  private static final Credential SECOND = Credential.of("planted-5c1b7e02a94e", "second");
  private static final String PLANTED = "planted-5c1b7e02a94";

  @BeforeEach
  void logEverything() throws SQLException {
    database.asSuperuser("create extension if not exists pg_stat_statements");
    database.asSuperuser("select pg_stat_statements_reset()");
    for (String setting :
        new String[] {
          "log_statement = 'all'",
          "log_min_duration_statement = 0",
          "session_preload_libraries = 'auto_explain'",
          "auto_explain.log_min_duration = 0",
          "auto_explain.log_verbose = on",
          "auto_explain.log_analyze = on",
          "auto_explain.log_nested_statements = on"
        }) {
      database.asSuperuser("alter database " + database.name() + " set " + setting);
    }
  }

  @AfterEach
  void logAsBefore() throws SQLException {
    database.asSuperuser("alter database " + database.name() + " reset all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"percred.delivery=function-call", "percred.delivery=auto"})
  void tokenIsInNoLogOfEverything(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      long before = Files.size(log());
      try (Connection connection = connect(delivery, mode)) {
        work(connection);
      }
      assertThat(logSince(before))
          .contains("fastpath function call: \"set_config\"", "insert into entry", "Query Text:")
          .doesNotContain(PLANTED);
    }
  }

  @Test
  void tokenBoundAsAParameterIsInALogOfEverything() throws Exception {
    long before = Files.size(log());
    try (Connection connection = connect("percred.delivery=bind")) {
      work(connection);
    }
    assertThat(logSince(before)).contains(PLANTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "percred.delivery=function-call",
        "percred.delivery=auto",
        "percred.delivery=bind"
      })
  void tokenIsInNoView(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connect(delivery, mode);
      work(connection);
      connection.setAutoCommit(false);
      as(
          FIRST,
          () -> {
            who(connection);
            assertInNoActivity();
            insert(connection, "x");
            assertInNoActivity();
            assertThat(
                    askAll(
                        connection, "select name || ' ' || statement from pg_prepared_statements"))
                .noneMatch(SecretsIT::holdsToken);
            assertThat(askAll(connection, "select name || ' ' || statement from pg_cursors"))
                .noneMatch(SecretsIT::holdsToken);
          });
      connection.commit();
      assertInNoActivity();
    }
    assertThat(database.column("select query from pg_stat_statements"))
        .anyMatch(query -> query != null && query.contains("insert into entry"))
        .noneMatch(SecretsIT::holdsToken);
  }

  @Test
  void automaticDeliverySwitchesWithinOneBinding() throws Exception {
    logAsBefore();
    Connection connection = connect("percred.delivery=auto");
    as(FIRST, () -> who(connection));
    as(FIRST, () -> who(connection));
    long before;
    try {
      database.asSuperuser("alter system set log_statement = 'all'");
      database.asSuperuser("select pg_reload_conf()");
      // The server process behind the connection hears of it on its own time.
      while (!as(ALICE, () -> ask(connection, "select current_setting('log_statement')"))
          .equals("all")) {
        Thread.onSpinWait();
      }
      as(ALICE, () -> who(connection));
      before = Files.size(log());
      work(connection);
    } finally {
      database.asSuperuser("alter system reset log_statement");
      database.asSuperuser("select pg_reload_conf()");
    }
    assertThat(logSince(before))
        .contains("fastpath function call: \"set_config\"", "insert into entry")
        .doesNotContain(PLANTED);
  }

  /** A bit of everything, by two callers, in autocommit and in transactions. */
  private static void work(Connection connection) throws Exception {
    for (Credential caller : new Credential[] {FIRST, SECOND, FIRST}) {
      as(
          caller,
          () -> {
            assertThat(who(connection)).isEqualTo(caller.token());
            execute(connection, "insert into entry (note) values ('x'); select 1");
            execute(connection, "do $$ begin perform seen(); end $$");
            assertFails("22012", () -> ask(connection, "select 1 / 0"));
            assertFails("42703", () -> execute(connection, "do $$ begin perform nosuch; end $$"));
            connection.setAutoCommit(false);
            batch(connection);
            execute(connection, "savepoint s");
            insert(connection, "y");
            execute(connection, "rollback to s");
            try (CallableStatement call = connection.prepareCall("call add_entry(?)")) {
              call.setString(1, "z");
              call.execute();
            }
            connection.getMetaData().getTables(null, "public", "%", null).close();
            connection.commit();
            connection.setAutoCommit(true);
          });
      assertRefused(() -> who(connection));
    }
  }

  private static void batch(Connection connection) throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement("insert into entry (note) values (?)");
        Statement plain = connection.createStatement()) {
      for (int i = 0; i < 8; i++) {
        statement.setString(1, "row " + i);
        statement.addBatch();
        plain.addBatch("update entry set note = note");
      }
      statement.executeBatch();
      plain.executeBatch();
    }
  }

  private void assertInNoActivity() throws SQLException {
    assertThat(database.column("select query from pg_stat_activity where query <> ''"))
        .isNotEmpty()
        .noneMatch(SecretsIT::holdsToken);
  }

  private static boolean holdsToken(String text) {
    return text.contains(PLANTED);
  }

  private String logSince(long offset) throws Exception {
    byte[] all = Files.readAllBytes(log());
    return new String(all, (int) offset, all.length - (int) offset, StandardCharsets.UTF_8);
  }

  private Path log() {
    Path log = server.log();
    assumeTrue(log != null, "the rig has no access to the server's log");
    return Objects.requireNonNull(log);
  }
}
