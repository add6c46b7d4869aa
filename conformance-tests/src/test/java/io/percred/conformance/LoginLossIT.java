package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.WireProxy;
import io.percred.runtime.ChosenInCode;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that restart and connections that are cut, and what handles make of it. */
@Timeout(120)
class LoginLossIT extends LoginIT {
  private static final Credential CALLER = caller("login_alice");
  private static final Duration A_WHILE = Duration.ofSeconds(1);

  private WireProxy proxy;

  @BeforeEach
  void startProxy() throws Exception {
    proxy = closing(WireProxy.to(server));
    database.asSuperuser(
        """
        drop table if exists work, head, tail;
        create table work (done text);
        create table head (id int primary key);
        create table tail (id int references head deferrable initially deferred);
        grant all on work, head, tail to public
        """);
  }

  @Test
  void sessionsThatAllEndedWhileNobodyUsedThemAreReplacedAtOnce() throws Exception {
    leaveIdle(3);
    database.column(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'login_alice'");
    awaitSessions(0);
    Connection handle = cuttable();
    assertThat(as(CALLER, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    awaitSessions(1);
  }

  @Test
  void connectionThatWasCutWhileNobodyUsedItIsReplaced() throws Exception {
    leaveIdle(2);
    proxy.cutNow();
    clock.advance(A_WHILE);
    Connection handle = cuttable();
    assertThat(as(CALLER, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    awaitSessions(1);
  }

  @Test
  void sessionThatAnswersStays() throws Exception {
    leaveIdle(1);
    clock.advance(A_WHILE);
    Connection handle = cuttable();
    String backend = as(CALLER, () -> ask(handle, BACKEND));
    assertThat(snapshot(handle).opened()).isOne();
    assertThat(as(CALLER, () -> ask(handle, BACKEND))).isEqualTo(backend);
  }

  @Test
  void commitWhoseConnectionBreaksIsNotSaidToBeLost() throws Exception {
    Connection handle = cuttable();
    handle.setAutoCommit(false);
    as(CALLER, () -> execute(handle, "insert into work values ('perhaps')"));
    proxy.cutNow();
    SQLException unknown =
        assertCode("PERCRED-312", "40003", () -> as(CALLER, () -> handle.commit()));
    assertThat(unknown.getMessage()).contains("whether the transaction was committed is not known");
    assertThat(snapshot(handle).live()).isZero();
    assertThat(as(CALLER, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    handle.rollback();
  }

  @Test
  void switchingAutoCommitOnCommitsAndFailsAsCommitDoes() throws Exception {
    Connection handle = cuttable();
    handle.setAutoCommit(false);
    as(CALLER, () -> execute(handle, "insert into work values ('perhaps')"));
    proxy.cutNow();
    assertCode("PERCRED-312", "40003", () -> as(CALLER, () -> handle.setAutoCommit(true)));
    assertThat(handle.getAutoCommit()).isFalse();
    assertThat(snapshot(handle).live()).isZero();

    as(CALLER, () -> execute(handle, "insert into tail values (1)"));
    as(CALLER, () -> assertFails("23503", () -> handle.setAutoCommit(true)));
    assertThat(handle.getAutoCommit()).isFalse();
    handle.rollback();
    as(CALLER, () -> execute(handle, "insert into work values ('certain')"));
    handle.setAutoCommit(true);
    assertThat(handle.getAutoCommit()).isTrue();
    assertThat(database.column("select done from work")).containsExactly("certain");
  }

  @Test
  void statementWhoseConnectionBreaksMayHaveRun() throws Exception {
    Connection handle = cuttable();
    as(CALLER, () -> execute(handle, "insert into work values ('first')"));
    proxy.cutNow();
    SQLException unknown =
        assertCode(
            "PERCRED-312",
            "40003",
            () -> as(CALLER, () -> execute(handle, "insert into work values ('second')")));
    assertThat(unknown.getMessage()).contains("whether the statement ran is not known");
  }

  @Test
  void rowsThatCannotBeFetchedAnyMoreCostNoHandle() throws Exception {
    Connection handle = cuttable();
    handle.setAutoCommit(false);
    as(
        CALLER,
        () -> {
          Statement statement = handle.createStatement();
          statement.setFetchSize(1);
          ResultSet rows = statement.executeQuery("select * from generate_series(1, 1000)");
          assertThat(rows.next()).isTrue();
          proxy.cutNow();
          assertCode("PERCRED-307", "40003", rows::next);
          assertThat(snapshot(handle).live()).isZero();
          assertThat(ask(handle, CURRENT_USER)).isEqualTo("login_alice");
        });
    handle.rollback();
  }

  /** Leaves sessions of the caller to whoever comes next. */
  private void leaveIdle(int count) throws Exception {
    List<Connection> handles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Connection handle = cuttable();
      handle.setAutoCommit(false);
      handles.add(handle);
      as(CALLER, () -> execute(handle, "select 1"));
    }
    for (Connection handle : handles) {
      handle.close();
    }
    assertThat(sessions()).isEqualTo(count);
  }

  private Connection cuttable() throws SQLException {
    return handle(new Properties(), ChosenInCode.NOTHING, loginUrlOf(proxy.url(database.name())));
  }
}
