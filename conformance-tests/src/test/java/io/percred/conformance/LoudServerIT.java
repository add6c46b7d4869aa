package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.spi.Credential;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are told to log parameters and plans, by whichever way: the token is in no line. */
class LoudServerIT extends ClaimsCallers {
  private static final String TENANT = "planted";
  private static final Credential SECRET = Credential.of("planted-6c2f0a77e4d1", "secretive");

  @AfterEach
  void hush() throws Exception {
    database.asSuperuser(
        """
        do $$ begin
          execute format('alter database %I reset all', current_database());
        end $$
        """);
    server.execute("postgres", "alter role app reset all; alter role web_green reset all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "debug_print_plan = on",
        "debug_print_parse = on",
        "debug_print_rewritten = on",
        "log_statement = 'all'",
        "log_min_duration_statement = 0",
        "log_parameter_max_length_on_error = -1",
        "log_parser_stats = on",
        "log_planner_stats = on",
        "log_executor_stats = on",
        "log_duration = on"
      })
  void tokenIsInNoLineWhateverRoleOrDatabaseIsSetTo(String setting) throws Exception {
    for (String whom : new String[] {"role app", "database " + database.name()}) {
      server.execute("postgres", "alter " + whom + " set " + setting);
      server.execute("postgres", "alter " + whom + " set client_min_messages = log");
      assertHushed(SECRET, connect("percred.delivery=auto"));
      server.execute("postgres", "alter " + whom + " reset all");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple", "extendedForPrepared"})
  void tokenIsInNoLineOfAServerThatLogsEverything(String queryMode) throws Exception {
    for (String setting :
        List.of(
            "log_statement = 'all'",
            "log_duration = on",
            "log_min_duration_statement = 0",
            "log_parameter_max_length = -1",
            "log_parameter_max_length_on_error = -1",
            "log_parser_stats = on",
            "log_planner_stats = on",
            "log_executor_stats = on",
            "debug_print_parse = on",
            "debug_print_rewritten = on",
            "debug_print_plan = on",
            "session_preload_libraries = 'auto_explain'",
            "auto_explain.log_min_duration = 0",
            "auto_explain.log_verbose = on",
            "auto_explain.log_nested_statements = on",
            "log_min_messages = debug5",
            "log_min_error_statement = debug5",
            "client_min_messages = log")) {
      server.execute("postgres", "alter database " + database.name() + " set " + setting);
    }
    assertHushed(SECRET, connect("percred.delivery=auto", "preferQueryMode=" + queryMode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "bind"})
  void settingsThatPercredAppliesForARoleDoNotLogTheTokenBesideThem(String delivery)
      throws Exception {
    Credential loud = withRole("web_green");
    Connection connection =
        closing(
            DriverManager.getConnection(
                claimsUrl(),
                properties(
                    "percred.setting", "app.api_token",
                    "percred.delivery", delivery,
                    "percred.role-settings-ttl", "1h")));
    assertHushed(loud, connection);

    loudRole();
    Connection knowing =
        closing(
            DriverManager.getConnection(
                claimsUrl(),
                properties(
                    "percred.setting", "app.api_token",
                    "percred.delivery", delivery,
                    "percred.role-settings-ttl", "2h")));
    assertHushed(loud, knowing);
  }

  @Test
  void roleThatBecomesLoudWhileConnectionsAreOpenLogsNoTokenEither() throws Exception {
    Credential loud = withRole("web_green");
    Connection connection =
        claimsInTime("percred.setting", "app.api_token", "percred.role-settings-ttl", "60s");
    assertHushed(loud, connection);
    loudRole();
    clock.advance(Duration.ofSeconds(61));
    assertHushed(loud, connection);
    assertThat(asked(connection, loud, "select current_setting('debug_print_plan')"))
        .as("the role's settings are applied all the same")
        .isEqualTo("on");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set debug_print_plan = on",
        "set log_parameter_max_length_on_error = -1",
        "select set_config('debug_print_plan', 'on', false)",
        "begin; set debug_print_plan = on; commit"
      })
  void sessionThatACallerMakesLoudLogsNoTokenAfterwards(String sql) throws Exception {
    Connection connection = connect("percred.delivery=auto", "percred.residue=keep");
    as(SECRET, () -> execute(connection, "set client_min_messages = log"));
    as(SECRET, () -> assertThat(who(connection)).isEqualTo(SECRET.token()));
    as(SECRET, () -> execute(connection, sql));
    assertHushed(SECRET, connection);
  }

  private void loudRole() throws SQLException {
    server.execute("postgres", "alter role web_green set debug_print_plan = on");
    server.execute("postgres", "alter role web_green set client_min_messages = log");
    if (server.majorVersion() >= 15) {
      server.execute(
          "postgres",
          "grant set on parameter log_min_duration_statement, log_statement to authenticator;"
              + " alter role web_green set log_min_duration_statement = 0;"
              + " alter role web_green set log_statement = 'all'");
    }
  }

  private void assertHushed(Credential caller, Connection connection) throws Exception {
    long before = Files.size(log());
    List<String> told = new ArrayList<>();
    for (boolean autocommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autocommit);
      for (int i = 0; i < 7; i++) {
        as(
            caller,
            () -> {
              work(connection, told);
              if (!connection.getAutoCommit()) {
                execute(connection, "savepoint s");
                work(connection, told);
                execute(connection, "rollback to s");
                work(connection, told);
                connection.commit();
              }
            });
      }
    }
    connection.setAutoCommit(true);
    byte[] all = Files.readAllBytes(log());
    String logged =
        new String(all, (int) before, all.length - (int) before, StandardCharsets.UTF_8);
    String token = caller.token();
    assertThat(told).as(TENANT).noneMatch(each -> shows(each, token));
    assertThat(logged.lines().filter(each -> shows(each, token)).toList()).isEmpty();
  }

  private static void work(Connection connection, List<String> told) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("select count(*) from pg_class");
      note(statement.getWarnings(), told);
    }
    note(connection.getWarnings(), told);
    connection.clearWarnings();
  }

  private static void note(SQLWarning first, List<String> told) {
    for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
      told.add(String.valueOf(each));
    }
  }

  /** As text, or as the bytes that a plan shows constants as. */
  private static boolean shows(String line, String token) {
    String bytes =
        token.substring(0, 12).chars().mapToObj(Integer::toString).collect(Collectors.joining(" "));
    return line.contains(token) || line.contains(bytes);
  }

  private Path log() {
    Path log = server.log();
    assumeTrue(log != null, "the rig has no access to the server's log");
    return Objects.requireNonNull(log);
  }
}
