package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** LISTEN and NOTIFY: listening needs no caller, saying something does. */
class NotifyIT extends PostgresIT {
  private static final int WAIT_MILLIS = 10_000;

  @Test
  void notificationCarriesWhatItsCallerSaid() throws Exception {
    Connection listener = connect();
    Connection speaker = connect();
    execute(listener, "listen news");

    as(
        ALICE,
        () -> {
          ask(speaker, "select pg_notify('news', current_setting('app.api_token', true))");
        });

    assertThat(next(listener)).isEqualTo("news:" + ALICE.token());
  }

  @Test
  void notificationArrivesAlongsideAnothersStatement() throws Exception {
    Connection listener = connect();
    Connection speaker = connect();
    execute(listener, "listen news");
    as(
        ALICE,
        () -> {
          for (int i = 0; i < 20; i++) {
            execute(speaker, "notify news, 'number " + i + "'");
          }
        });
    int heard = 0;
    while (heard < 20) {
      assertThat(as(BOB, () -> who(listener))).isEqualTo(BOB.token());
      for (PGNotification notification : notifications(listener, 0)) {
        assertThat(notification.getParameter()).isEqualTo("number " + heard++);
      }
    }
    execute(listener, "unlisten *");
  }

  @Test
  void listeningInsideATransaction() throws Exception {
    Connection listener = connectForTransactions();
    Connection speaker = connect();
    execute(listener, "listen news");
    assertThat(as(BOB, () -> who(listener))).isEqualTo(BOB.token());
    listener.commit();

    as(ALICE, () -> execute(speaker, "notify news, 'hello'"));

    assertThat(next(listener)).isEqualTo("news:hello");
  }

  @Test
  void notifyingNeedsACaller() throws Exception {
    Connection connection = connect();

    assertRefused(() -> execute(connection, "notify news"));

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
  }

  private static String next(Connection connection) throws SQLException {
    PGNotification[] heard = notifications(connection, WAIT_MILLIS);
    assertThat(heard).hasSize(1);
    return heard[0].getName() + ":" + heard[0].getParameter();
  }

  private static PGNotification[] notifications(Connection connection, int millis)
      throws SQLException {
    PGNotification[] heard = connection.unwrap(PGConnection.class).getNotifications(millis);
    return heard == null ? new PGNotification[0] : heard;
  }
}
