package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.WireProxy;
import io.percred.runtime.ChosenInCode;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller leaves in a session, and sessions that end under a handle. */
@Timeout(120)
class LoginSessionsIT extends LoginIT {
  private static final Credential CALLER = caller("login_alice");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set statement_timeout = '17s'",
        "set session characteristics as transaction read only",
        "select set_config('app.left', 'behind', false)",
        "create temporary table left_behind (x int)",
        "select 1 as x into temp left_behind",
        "listen left_behind",
        "select pg_advisory_lock(4711)",
        "select pg_try_advisory_lock_shared(4711)",
        "declare left_behind cursor with hold for select 1",
        "prepare left_behind as select 1",
        "set role none",
        "set session authorization default",
        "do $$ begin perform set_config('app.left', 'behind', false); end $$",
        "select 1; set lock_timeout = '17s'"
      })
  void sessionThatItsCallerChangedIsNotReused(String sql) throws Exception {
    String backend;
    try (Connection handle = handle()) {
      backend =
          as(
              CALLER,
              () -> {
                execute(handle, sql);
                return ask(handle, BACKEND);
              });
    }
    try (Connection next = handle()) {
      assertThat(as(CALLER, () -> ask(next, BACKEND))).isNotEqualTo(backend);
      assertThat(snapshot(next).opened()).isEqualTo(2);
      assertThat(snapshot(next).reused()).isZero();
    }
    assertThat(database.value("select count(*) from pg_locks where locktype = 'advisory'"))
        .isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "values (1)",
        "with x as (select 1) select * from x",
        "explain select 1",
        "show statement_timeout",
        "select set_config('app.local', 'x', true)"
      })
  void sessionThatNothingChangedIsReused(String sql) throws Exception {
    String backend;
    try (Connection handle = handle()) {
      backend =
          as(
              CALLER,
              () -> {
                execute(handle, sql);
                return ask(handle, BACKEND);
              });
    }
    try (Connection next = handle()) {
      assertThat(as(CALLER, () -> ask(next, BACKEND))).isEqualTo(backend);
      assertThat(snapshot(next).opened()).isOne();
    }
  }

  @Test
  void changeStaysForTheUnitOfWorkThatMadeIt() throws Exception {
    Connection handle = handle();
    as(
        CALLER,
        () -> {
          execute(handle, "create temporary table mine (x int)");
          execute(handle, "insert into mine values (1)");
          assertThat(ask(handle, "select x from mine")).isEqualTo("1");
        });
    assertThat(as(caller("login_bob"), () -> ask(handle, CURRENT_USER))).isEqualTo("login_bob");
    as(CALLER, () -> assertFails("42P01", () -> ask(handle, "select x from mine")));
  }

  @Test
  void settingOfATransactionEndsWithItAndTheSessionStays() throws Exception {
    Connection handle = handle();
    handle.setAutoCommit(false);
    String backend =
        as(
            CALLER,
            () -> {
              execute(handle, "set local statement_timeout = '17s'");
              execute(handle, "set transaction read only");
              String pid = ask(handle, BACKEND);
              handle.commit();
              return pid;
            });
    handle.close();
    Connection next = handle();
    assertThat(as(CALLER, () -> ask(next, BACKEND))).isEqualTo(backend);
    assertThat(as(CALLER, () -> ask(next, "show statement_timeout"))).isEqualTo("0");
  }

  @Test
  void jdbcStateOfAHandleIsNotThatOfTheNext() throws Exception {
    database.asSuperuser("alter role login_alice set search_path = pg_temp, public");
    String isolation = "show transaction_isolation";
    String path = "show search_path";
    try {
      Connection handle = handle();
      handle.setSchema("pg_catalog");
      handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      handle.setClientInfo("ApplicationName", "first");
      handle.setAutoCommit(false);
      assertThat(as(CALLER, () -> ask(handle, path))).contains("pg_catalog");
      assertThat(as(CALLER, () -> ask(handle, isolation))).isEqualTo("serializable");
      assertThat(as(CALLER, () -> ask(handle, "show application_name"))).isEqualTo("first");
      handle.close();

      Connection next = handle();
      next.setAutoCommit(false);
      assertThat(as(CALLER, () -> ask(next, path))).isEqualTo("pg_temp, public");
      assertThat(as(CALLER, () -> ask(next, isolation))).isEqualTo("read committed");
      assertThat(as(CALLER, () -> ask(next, "show application_name"))).isNotEqualTo("first");
      next.rollback();
      assertThat(as(CALLER, () -> ask(next, path))).isEqualTo("pg_temp, public");
      next.rollback();
      assertThat(snapshot(next).opened()).isOne();
    } finally {
      database.asSuperuser("alter role login_alice reset search_path");
    }
  }

  @Test
  void isolationThatTheRoleBeginsWithIsNotLost() throws Exception {
    database.asSuperuser("alter role login_alice set default_transaction_isolation = serializable");
    try {
      Connection handle = handle();
      assertThat(as(CALLER, () -> ask(handle, "show transaction_isolation")))
          .isEqualTo("serializable");
      handle.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      assertThat(as(CALLER, () -> ask(handle, "show transaction_isolation")))
          .isEqualTo("read committed");
      handle.close();
      Connection next = handle();
      assertThat(as(CALLER, () -> ask(next, "show transaction_isolation")))
          .isEqualTo("serializable");
      assertThat(snapshot(next).opened()).isOne();
    } finally {
      database.asSuperuser("alter role login_alice reset default_transaction_isolation");
    }
  }

  @Test
  void sessionThatTheServerEndedIsReplacedWithoutAWord() throws Exception {
    Connection handle = handle();
    as(
        CALLER,
        () -> {
          PreparedStatement statement = handle.prepareStatement("select current_user || ?");
          statement.setString(1, "!");
          statement.executeQuery().close();
          terminate();
          try (ResultSet rows = statement.executeQuery()) {
            assertThat(column(rows, 1)).containsExactly("login_alice!");
          }
          statement.close();
        });
    assertThat(snapshot(handle).opened()).isEqualTo(2);
  }

  @Test
  void transactionThatTheServerEndedIsLostAndSaid() throws Exception {
    Connection handle = handle();
    handle.setAutoCommit(false);
    as(CALLER, () -> execute(handle, "select 1"));
    terminate();
    assertCode("PERCRED-307", "40003", () -> as(CALLER, () -> ask(handle, BACKEND)));
    handle.rollback();
    assertThat(as(CALLER, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    handle.rollback();
  }

  @Test
  void statementWhoseConnectionBrokeIsNotRepeated() throws Exception {
    WireProxy proxy = closing(WireProxy.to(server));
    String url =
        "jdbc:percred:"
            + proxy.url(database.name()).substring("jdbc:".length())
            + "?percred.mode=login&sslmode=disable"
            + "&user=login_alice";
    Properties plaintext = new Properties();
    plaintext.setProperty("percred.login.allow-plaintext", "true");
    Connection handle = handle(plaintext, ChosenInCode.NOTHING, url);
    as(CALLER, () -> ask(handle, BACKEND));
    proxy.close();
    SQLException lost =
        assertCode("PERCRED-312", "40003", () -> as(CALLER, () -> ask(handle, BACKEND)));
    assertThat(lost.getMessage()).contains("whether the statement ran is not known");
    assertThat(snapshot(handle).live()).isZero();
  }

  @Test
  void procedureThatWasEndedAfterItCommittedIsNotRepeated() throws Exception {
    database.asSuperuser("create table half_done (x int)");
    database.asSuperuser("grant insert on half_done to public");
    database.asSuperuser(
        """
        create procedure half_done() language plpgsql as $$ begin
          insert into half_done values (1);
          commit;
          perform pg_terminate_backend(pg_backend_pid());
        end $$""");
    Connection handle = handle();
    SQLException lost =
        assertCode(
            "PERCRED-312", "40003", () -> as(CALLER, () -> execute(handle, "call half_done()")));
    assertThat(lost.getMessage()).contains("whether the statement ran is not known");
    assertThat(database.column("select count(*) from half_done")).containsExactly("1");
  }

  @Test
  void questionsOfTheDriversLeaveNoTransactionOpen() throws Exception {
    Connection handle = handle();
    handle.setAutoCommit(false);
    as(
        CALLER,
        () -> {
          execute(handle, "select 1");
          handle.commit();
          assertThat(handle.getSchema()).isEqualTo("public");
          assertThat(states()).containsExactly("idle");
          assertThat(handle.getMetaData().getSQLKeywords()).isNotEmpty();
          assertThat(states()).containsExactly("idle");
          execute(handle, "select 1");
          assertThat(handle.getSchema()).isEqualTo("public");
          assertThat(states()).containsExactly("idle in transaction");
          handle.rollback();
        });
  }

  private List<String> states() throws SQLException {
    return database.column("select state from pg_stat_activity where usename = 'login_alice'");
  }

  private void terminate() throws SQLException {
    database.column(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'login_alice'");
    awaitSessions(0);
  }
}
