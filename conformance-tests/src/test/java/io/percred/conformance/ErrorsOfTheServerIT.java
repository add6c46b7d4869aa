package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.DecoratedDataSource;
import io.percred.Percred;
import io.percred.PercredDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What percred makes of the server's errors, and what it tells to do about them. */
class ErrorsOfTheServerIT extends ClaimsCallers {
  static Stream<Arguments> connections() {
    return Stream.of("extended", "simple", "extendedForPrepared")
        .flatMap(
            queryMode ->
                Stream.of("bind", "function-call", "auto")
                    .flatMap(
                        delivery ->
                            Stream.of(true, false)
                                .map(same -> Arguments.of(queryMode, delivery, same))));
  }

  /** The server's FATAL answers nothing that was sent, wherever it arrives. */
  @ParameterizedTest
  @MethodSource("connections")
  void sessionThatTheServerEndedTellsTheServersReason(
      String queryMode, String delivery, boolean sameCaller) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection =
          connect("percred.delivery=" + delivery, "preferQueryMode=" + queryMode);
      String backend = backend(connection);
      as(ALICE, () -> execute(connection, "set idle_session_timeout = '1ms'"));
      awaitEnd(backend);
      connection.setAutoCommit(autocommit);

      SQLException ended = as(sameCaller ? ALICE : BOB, () -> failure(() -> who(connection)));

      assertThat(ended.getSQLState()).as(ended.getMessage()).isEqualTo("57P05");
      assertThat(Percred.codeOf(ended)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"extended", "simple"})
  void sessionThatTheServerEndedTellsTheServersReasonThroughTheDecorator(String queryMode)
      throws Exception {
    Connection pooled = connect("preferQueryMode=" + queryMode);
    String backend = backend(pooled);
    as(ALICE, () -> execute(pooled, "set idle_session_timeout = '1ms'"));
    awaitEnd(backend);
    try (DecoratedDataSource decorated = PercredDataSource.wrap(new OneConnection(pooled))) {
      SQLException ended = as(ALICE, () -> failure(() -> who(closing(decorated.getConnection()))));
      assertThat(ended.getSQLState()).as(ended.getMessage()).isEqualTo("57P05");
    }
  }

  private void awaitEnd(String backend) throws SQLException {
    while (!database
        .value("select count(*) from pg_stat_activity where pid = " + backend)
        .equals("0")) {
      Thread.onSpinWait();
    }
  }

  @Test
  void errorThatHasNothingToDoWithTheBindingIsTheServersOwn() throws Exception {
    Connection connection = connect("percred.delivery=bind");
    as(
        ALICE,
        () -> {
          who(connection);
          execute(connection, "set statement_timeout = '1ms'");
          SQLException slow = failure(() -> execute(connection, "select pg_sleep(1)"));
          assertThat(slow.getSQLState()).isEqualTo("57014");
          assertThat(Percred.codeOf(slow)).isNull();
        });
  }

  @ParameterizedTest
  @CsvSource({"bind, nobody_at_all", "function-call, nobody_at_all", "auto, shop_owner"})
  void roleThatCannotBeBoundHasTheSqlstateOfItsCode(String delivery, String role) throws Exception {
    Connection connection = claims("percred.delivery", delivery);
    for (boolean autocommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autocommit);
      SQLException refused = as(withRole(role), () -> failure(() -> ask(connection, ROLE)));
      assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-203");
      assertThat(refused.getSQLState()).isEqualTo("42501");
      assertThat(refused.getMessage()).contains(role, "SQLSTATE 42501");
      if (!autocommit) {
        connection.rollback();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"vacuum", "call leave_and_commit()", "create index concurrently on entry (note)"})
  void hintOfWhatCannotRunInATransactionIsTrue(String sql) throws Exception {
    database.asSuperuser(
        "create or replace procedure leave_and_commit() language plpgsql as"
            + " $$ begin commit; perform 1; end $$");
    for (String queryMode : new String[] {"extended", "simple"}) {
      Connection claims = claims("preferQueryMode", queryMode);
      SQLException inClaims = as(withRole("web_red"), () -> failure(() -> execute(claims, sql)));
      assertThat(inClaims.getSQLState()).isIn("25001", "2D000");
      assertThat(inClaims.getMessage())
          .contains("jdbc:postgresql:")
          .doesNotContain("CallerContext.service()");

      Connection setting = connect("preferQueryMode=" + queryMode);
      SQLException inSetting = as(ALICE, () -> failure(() -> execute(setting, sql)));
      assertThat(inSetting.getMessage()).contains("CallerContext.service()", "jdbc:postgresql:");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"url", "properties", "service"})
  void encodingsOtherThanUtf8AreRefusedByNameWhileConnecting(String where, @TempDir Path directory)
      throws Exception {
    Properties login = appLogin();
    String url = url();
    if (where.equals("url")) {
      url += "&allowEncodingChanges=true";
    } else if (where.equals("properties")) {
      login.setProperty("allowEncodingChanges", "true");
    } else {
      Path file = directory.resolve("pg_service.conf");
      Files.writeString(file, "[odd]\nallowEncodingChanges=true\n");
      System.setProperty("org.postgresql.pgservicefile", file.toString());
      url += "&service=odd";
      login.setProperty("percred.url.trusted", "true");
    }
    try {
      String chosen = url;
      SQLException refused = failure(() -> DriverManager.getConnection(chosen, login));
      assertThat(refused.getSQLState()).isEqualTo("22023");
      assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-218");
      assertThat(refused.getMessage()).contains("allowEncodingChanges");
    } finally {
      System.clearProperty("org.postgresql.pgservicefile");
    }
    closing(DriverManager.getConnection(url() + "&allowEncodingChanges=false", appLogin()));
  }

  @Test
  void encodingThatSqlChangesEndsTheConnectionByName() throws Exception {
    Connection connection = connect();
    SQLException ended =
        as(ALICE, () -> failure(() -> execute(connection, "set client_encoding = 'latin1'")));
    assertThat(Percred.codeOf(ended)).as(ended.getMessage()).isEqualTo("PERCRED-219");
    // What pgjdbc asks for at start-up counts more than the options.
    Connection options = connect("options=-c%20client_encoding=latin1");
    assertThat(as(ALICE, () -> ask(options, "show client_encoding"))).isEqualTo("UTF8");
    Connection utf8 = connect();
    as(ALICE, () -> execute(utf8, "set client_encoding = 'UTF8'"));
    assertThat(as(ALICE, () -> who(utf8))).isEqualTo(ALICE.token());
  }
}
