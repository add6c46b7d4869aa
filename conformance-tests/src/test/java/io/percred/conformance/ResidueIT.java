package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What one caller left in the session: its own, and nobody else's. */
class ResidueIT extends SessionStateIT {
  private static final Credential CAROL = Credential.of("token-of-carol", "carol");

  @BothDeliveries
  void nextCallerFindsNothingInAutocommit(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connect(delivery, mode);
      as(ALICE, () -> leaveEverything(connection));
      assertThat(as(BOB, () -> found(connection))).isEmpty();
      assertThat(as(ALICE, () -> found(connection))).isEmpty();
    }
  }

  @BothDeliveries
  void nextCallerWhoRollsBackFindsNothingAfterwardsEither(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connectForTransactions(delivery, mode);
      as(ALICE, () -> leaveEverything(connection));
      as(
          BOB,
          () -> {
            assertThat(found(connection)).isEmpty();
            connection.rollback();
            assertThat(found(connection)).isEmpty();
            connection.rollback();
          });
      as(CAROL, () -> assertThat(found(connection)).isEmpty());
      connection.commit();
      as(ALICE, () -> assertThat(found(connection)).isEmpty());
    }
  }

  @BothDeliveries
  void settingThatNobodyCouldMakeCostsNoCallerTheConnection(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connectForTransactions(delivery, mode);
      execute(connection, "set work_mem = '5MB'");
      connection.commit();
      execute(connection, "set work_mem = '6MB'");
      assertThat(failure(() -> execute(connection, "set statement_timeout = 'soon'")).getSQLState())
          .isEqualTo("22023");
      connection.rollback();
      String backend = as(ALICE, () -> ask(connection, "select pg_backend_pid()"));
      connection.rollback();

      for (Credential caller : List.of(BOB, ALICE)) {
        as(
            caller,
            () -> {
              assertThat(ask(connection, "select pg_backend_pid()")).isEqualTo(backend);
              assertThat(ask(connection, "show work_mem")).isEqualTo("5MB");
              connection.rollback();
            });
      }
    }
  }

  @BothDeliveries
  void nextCallerMayBeginInSql(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connect(delivery, mode);
      for (String begin : new String[] {"begin", "begin isolation level serializable"}) {
        as(ALICE, () -> leaveEverything(connection));
        as(
            BOB,
            () -> {
              execute(connection, begin);
              assertThat(found(connection)).isEmpty();
              execute(connection, "rollback");
              assertThat(found(connection)).isEmpty();
            });
      }
    }
  }

  @BothDeliveries
  void nextCallerMayBeginWithWhatNeedsNoBinding(String delivery) throws Exception {
    Connection connection = connect(delivery);
    for (String first :
        new String[] {
          "set search_path = public",
          "set session characteristics as transaction isolation level read committed",
          "listen other_news; unlisten other_news",
          "lock table entry"
        }) {
      as(ALICE, () -> leaveEverything(connection));
      connection.setAutoCommit(false);
      as(
          BOB,
          () -> {
            execute(connection, first);
            connection.rollback();
            assertThat(found(connection)).as(first).isEmpty();
            connection.commit();
          });
      connection.setAutoCommit(true);
    }
  }

  @BothDeliveries
  void callerWithANewTokenKeepsItsOwn(String delivery) throws Exception {
    Connection connection = connect(delivery);
    as(ALICE, () -> leaveEverything(connection));

    assertThat(as(ALICE_AGAIN, () -> found(connection))).containsExactly(EVERYTHING);
    assertThat(as(ALICE_AGAIN, () -> who(connection))).isEqualTo(ALICE_AGAIN.token());
    connection.setAutoCommit(false);
    assertThat(as(ALICE, () -> found(connection))).containsExactly(EVERYTHING);
    connection.rollback();
    assertThat(as(BOB, () -> found(connection))).isEmpty();
  }

  @Test
  void poolsBetweenTheCallersChangeNothing() throws Exception {
    Connection connection = connect();
    as(ALICE, () -> leaveEverything(connection));
    connection.setAutoCommit(false);
    connection.rollback();
    connection.setAutoCommit(true);
    assertThat(connection.isValid(5)).isTrue();
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);

    assertThat(as(ALICE, () -> found(connection))).containsExactly(EVERYTHING);
    assertThat(as(BOB, () -> found(connection))).isEmpty();
    assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
  }

  @BothDeliveries
  void sessionAuthorizationOfASuperuserIsReset(String delivery) throws Exception {
    Properties login = new Properties();
    login.setProperty("user", server.superuser().user());
    login.setProperty("password", server.superuser().password());
    Connection connection = closing(DriverManager.getConnection(url(delivery), login));
    String account = "select session_user || ' ' || current_user";
    for (boolean autocommit : new boolean[] {true, false}) {
      connection.setAutoCommit(true);
      as(ALICE, () -> execute(connection, "set session authorization power_user"));
      connection.setAutoCommit(autocommit);
      assertThat(as(ALICE, () -> ask(connection, account))).isEqualTo("power_user power_user");
      if (!autocommit) {
        connection.rollback();
      }
      assertThat(as(BOB, () -> ask(connection, account)))
          .isEqualTo(server.superuser().user() + " " + server.superuser().user());
      if (!autocommit) {
        connection.rollback();
      }
    }
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void notificationForOneCallerIsNotHeardByTheNext(boolean autocommit) throws Exception {
    Connection connection = connect();
    as(ALICE, () -> execute(connection, "listen news"));
    database.asSuperuser("notify news, 'for alice only'");
    connection.setAutoCommit(autocommit);

    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
    if (!autocommit) {
      connection.commit();
    }
    database.asSuperuser("notify news, 'nobody listens any more'");
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());

    assertThat(as(BOB, () -> heard(connection))).isEmpty();
  }

  @Test
  void notificationForOneCallerIsNotFetchedByTheNext() throws Exception {
    Connection connection = connect();
    as(
        ALICE,
        () -> {
          execute(connection, "listen news");
          who(connection);
        });
    database.asSuperuser("notify news, 'for alice only'");

    assertThat(as(BOB, () -> heard(connection))).isEmpty();
    database.asSuperuser("notify news, 'once more'");
    assertThat(as(ALICE_AGAIN, () -> heard(connection))).containsExactly("once more");
  }

  @BothDeliveries
  void statementsPreparedUnderTheDriversNamesAreGone(String delivery) throws Exception {
    for (boolean hidden : new boolean[] {false, true}) {
      Connection connection = connect(delivery);
      as(
          ALICE,
          () -> {
            for (int i = 1; i <= 9; i++) {
              String sql = "prepare \"S_" + i + "\" as select 'caught'";
              execute(
                  connection, hidden ? "do $$ begin execute '" + quoted(sql) + "'; end $$" : sql);
            }
          });
      as(BOB, () -> assertEchoes(connection, "bob's"));
      as(ALICE, () -> assertEchoes(connection, "alice's"));
    }
  }

  @BothDeliveries
  void statementsPreparedUnseenEndTheConnection(String delivery) throws Exception {
    database.asSuperuser(
        """
        create or replace function take_names() returns void language plpgsql as $$
        begin
          for i in 1..9 loop
            execute format('prepare %I as select ''caught''', 'S_' || i);
          end loop;
        end $$
        """);
    for (boolean autocommit : new boolean[] {true, false}) {
      Connection connection = connect(delivery);
      as(ALICE, () -> execute(connection, "select take_names()"));
      connection.setAutoCommit(autocommit);
      SQLException ended = as(BOB, () -> failure(() -> insert(connection, "bob")));
      assertThat(Percred.codeOf(ended)).isEqualTo("PERCRED-220");
      assertThat(ended.getSQLState()).isEqualTo("08006");
      assertThat(connection.isClosed()).isTrue();
    }
    assertThat(entries()).isEmpty();
  }

  @BothDeliveries
  void residueMayBeKept(String delivery) throws Exception {
    Connection connection = connect(delivery, "percred.residue=keep");
    as(ALICE, () -> leaveEverything(connection));

    assertThat(as(BOB, () -> found(connection))).containsExactly(EVERYTHING);
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  private static List<String> heard(Connection connection) throws SQLException {
    PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(100);
    return heard == null
        ? List.of()
        : Arrays.stream(heard).map(PGNotification::getParameter).toList();
  }

  private static String quoted(String sql) {
    return sql.replace("'", "''");
  }

  private static void assertEchoes(Connection connection, String text) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select ?::text")) {
      for (int i = 0; i < 8; i++) {
        statement.setString(1, text + i);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(column(rows, 1)).containsExactly(text + i);
        }
      }
    }
  }
}
