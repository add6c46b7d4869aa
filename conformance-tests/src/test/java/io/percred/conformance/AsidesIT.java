package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * What the server tells beside its answers, and pgjdbc keeps with the connection: the next caller
 * finds none of it.
 */
class AsidesIT extends PostgresIT {
  @BeforeEach
  void raiseWarnings() throws SQLException {
    database.asSuperuser(
        """
        drop table if exists told cascade;
        create table told (note text);
        grant all on told to public;
        create or replace function tell() returns trigger language plpgsql as
          $$ begin raise warning 'row %', new.note; return null; end $$;
        create constraint trigger tell_at_commit after insert on told
          deferrable initially deferred for each row execute function tell();
        create or replace function warn(note text) returns text language plpgsql as
          $$ begin raise warning 'row %', note; return note; end $$
        """);
  }

  @ParameterizedTest(name = "{0}, autocommit={1}")
  @CsvSource({"extended,true", "extended,false", "simple,true", "simple,false"})
  void notificationOfOneCallerIsNotReadByAnother(String mode, boolean autocommit) throws Exception {
    Connection connection = connect("preferQueryMode=" + mode);
    connection.setAutoCommit(autocommit);
    as(ALICE, () -> hear(connection, autocommit));
    assertThat(notifications(connection)).as("nobody").isEmpty();
    as(ALICE, () -> hear(connection, autocommit));
    assertThat(as(BOB, () -> notifications(connection))).isEmpty();
    as(ALICE, () -> hear(connection, autocommit));
    assertThat(as(ALICE, () -> notifications(connection))).containsExactly("secret of alice");

    as(ALICE, () -> hear(connection, autocommit));
    as(BOB, () -> assertThat(who(connection)).isEqualTo(BOB.token()));
    finish(connection);
    assertThat(as(BOB, () -> notifications(connection))).isEmpty();
    assertThat(as(ALICE, () -> notifications(connection))).as("the session was cleared").isEmpty();
  }

  @Test
  void notificationOverTlsIsItsOwnersToo() throws Exception {
    Connection connection = connect("sslmode=require");
    as(ALICE, () -> hear(connection, true));
    assertThat(as(BOB, () -> notifications(connection))).isEmpty();
    as(ALICE, () -> hear(connection, true));
    assertThat(as(ALICE, () -> notifications(connection))).containsExactly("secret of alice");
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void decoratorTakesNotificationsOut(boolean autocommit) throws Exception {
    for (boolean foreign : new boolean[] {false, true}) {
      DataSource source = decorated(foreign, autocommit);
      try (Connection connection = as(ALICE, () -> source.getConnection())) {
        hear(connection, autocommit);
        assertThat(notifications(connection)).containsExactly("secret of alice");
        hear(connection, autocommit);
        if (foreign) {
          execute(connection, "unlisten *");
        }
        finish(connection);
      }
      try (Connection connection = as(BOB, () -> source.getConnection())) {
        assertThat(notifications(connection)).isEmpty();
        assertThat(who(connection)).isEqualTo(BOB.token());
        assertThat(notifications(connection)).isEmpty();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"extended", "simple"})
  void warningAtCommitIsNotReadByAnother(String mode) throws Exception {
    Connection connection = connectForTransactions("preferQueryMode=" + mode);
    as(
        ALICE,
        () -> {
          execute(connection, "insert into told values ('of alice')");
          connection.commit();
        });

    assertThat(warnings(connection)).as("nobody").isEmpty();
    assertThat(as(BOB, () -> warnings(connection))).isEmpty();
  }

  @Test
  void warningsOfCopyAndFunctionCallsAreNotReadByAnother() throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect();
      connection.setAutoCommit(autocommit);
      as(
          ALICE,
          () -> {
            PGConnection driver = connection.unwrap(PGConnection.class);
            driver.getCopyAPI().copyIn("copy told from stdin", new StringReader("of alice\n"));
            driver
                .getCopyAPI()
                .copyOut("copy (select warn('of alice')) to stdout", new java.io.StringWriter());
            finish(connection);
          });

      assertThat(as(BOB, () -> warnings(connection))).isEmpty();
    }
  }

  @Test
  void warningOfAStatementIsStillItsOwn() throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect();
      connection.setAutoCommit(autocommit);
      as(
          ALICE,
          () -> {
            try (Statement statement = connection.createStatement()) {
              statement.execute("select warn('of alice')");
              assertThat(texts(statement.getWarnings())).containsExactly("row of alice");
              statement.execute("insert into told values ('at the end')");
              assertThat(texts(statement.getWarnings()))
                  .isEqualTo(autocommit ? List.of("row at the end") : List.of());
              statement.execute("set constraints all immediate");
              assertThat(texts(statement.getWarnings()))
                  .isEqualTo(autocommit ? List.of() : List.of("row at the end"));
            }
            finish(connection);
          });
      assertThat(as(BOB, () -> warnings(connection))).isEmpty();
    }
  }

  @Test
  void decoratorTakesWarningsOut() throws Exception {
    for (boolean foreign : new boolean[] {false, true}) {
      DataSource source = decorated(foreign, false);
      try (Connection connection = as(ALICE, () -> source.getConnection())) {
        execute(connection, "insert into told values ('of alice')");
        connection.commit();
        assertThat(warnings(connection)).as("her own").contains("row of alice");
      }
      try (Connection connection = as(BOB, () -> source.getConnection())) {
        assertThat(warnings(connection)).isEmpty();
      }
    }
  }

  /** Has the server send a notification with the answer to one of the caller's own statements. */
  private static void hear(Connection connection, boolean autocommit) throws SQLException {
    execute(connection, "listen gossip");
    execute(connection, "notify gossip, 'secret of alice'");
    if (!autocommit) {
      connection.commit();
    }
    execute(connection, "select 1 + 1");
    finish(connection);
  }

  private static void finish(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  private static List<String> notifications(Connection connection) throws SQLException {
    List<String> heard = new ArrayList<>();
    PGNotification[] all = connection.unwrap(PGConnection.class).getNotifications();
    for (PGNotification each : all == null ? new PGNotification[0] : all) {
      heard.add(each.getParameter());
    }
    return heard;
  }

  private static List<String> warnings(Connection connection) throws SQLException {
    return texts(connection.getWarnings());
  }

  private static List<String> texts(SQLWarning first) {
    List<String> texts = new ArrayList<>();
    for (SQLWarning each = first; each != null; each = each.getNextWarning()) {
      texts.add(each.getMessage());
    }
    return texts;
  }

  private DataSource decorated(boolean foreign, boolean autocommit) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(foreign ? server.url(database.name()) : url());
    config.setUsername(appLogin().getProperty("user"));
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(1);
    config.setAutoCommit(autocommit);
    HikariDataSource pool = closing(new HikariDataSource(config));
    return closing(
        foreign
            ? PercredDataSource.wrap(pool).with("percred.setting", "app.api_token")
            : PercredDataSource.wrap(pool));
  }
}
