package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A flood of cancel requests while two callers alternate and the session is cleared each time. A
 * cancel that hits the clearing ends the connection; the application opens another one.
 */
class CancelFloodIT extends AttackIT {
  private static final int REQUESTS = 40;

  /** Whom to cancel, or empty. */
  private volatile String victim = "";

  private boolean flooded;

  @BothDeliveries
  void nobodyRunsAsAnotherInAutocommit(String delivery) throws Exception {
    flood(
        delivery,
        true,
        (connection, note) -> {
          execute(connection, leaving(note));
          execute(connection, "create temporary table if not exists scratch (n int)");
        });
  }

  @BothDeliveries
  void nobodyRunsAsAnotherInTransactions(String delivery) throws Exception {
    flood(
        delivery,
        false,
        (connection, note) -> {
          execute(connection, leaving(note));
          execute(connection, leaving(note));
          connection.commit();
        });
  }

  @BothDeliveries
  void nobodyRunsAsAnotherBehindABegin(String delivery) throws Exception {
    flood(
        delivery,
        true,
        (connection, note) -> {
          execute(connection, "begin; " + leaving(note));
          execute(connection, "rollback; " + leaving(note));
        });
  }

  /** What a request does. */
  private interface Request {
    void run(Connection connection, String note) throws Exception;
  }

  private void flood(String delivery, boolean autocommit, Request request) throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    flooded = false;
    Connection connection = open(delivery, autocommit);
    Future<?> canceller = threads.submit(this::cancelUntilInterrupted);
    try {
      for (int i = 0; i < REQUESTS || (!flooded && i < 20 * REQUESTS); i++) {
        Credential caller = i % 2 == 0 ? ALICE : BOB;
        Connection current = connection;
        as(caller, () -> attempt(current, caller, request));
        if (connection.isClosed()) {
          connection = open(delivery, autocommit);
        }
      }
    } finally {
      threads.shutdownNow();
      canceller.cancel(true);
    }
    assertThat(flooded).as("a cancel that hit").isTrue();
    assertThat(
            database.value(
                "select count(*) from trail where setting is distinct from 'token-of-' || note"
                    + " or account <> 'app'"))
        .isEqualTo("0");
    assertThat(trailOwners()).containsExactly("token-of-alice:app", "token-of-bob:app");
  }

  private void attempt(Connection connection, Credential caller, Request request) throws Exception {
    try {
      request.run(connection, caller.principal());
    } catch (SQLException e) {
      flooded = true;
      if (e.getSQLState().startsWith("08")) {
        assertThat(Percred.codeOf(e)).as(e.toString()).isEqualTo("PERCRED-220");
        assertThat(connection.isClosed()).isTrue();
      } else {
        assertThat(e.getSQLState()).as(e.toString()).isIn("57014", "25P02");
        rollBack(connection);
      }
    }
  }

  /** Rolls back, which may be cancelled too. */
  private static void rollBack(Connection connection) throws SQLException {
    for (int i = 0; i < 20 && !connection.isClosed(); i++) {
      try {
        if (connection.getAutoCommit()) {
          execute(connection, "rollback");
        } else {
          connection.rollback();
        }
        return;
      } catch (SQLException e) {
        assertThat(e.getSQLState()).as(e.toString()).isIn("57014", "08006");
      }
    }
  }

  private Connection open(String delivery, boolean autocommit) throws Exception {
    victim = "";
    Connection connection = connect(delivery);
    victim = backend(connection);
    connection.setAutoCommit(autocommit);
    return connection;
  }

  private Void cancelUntilInterrupted() throws SQLException {
    try (Connection other = database.connect(server.superuser())) {
      while (!Thread.currentThread().isInterrupted()) {
        String backend = victim;
        if (!backend.isEmpty()) {
          execute(other, "select pg_cancel_backend(" + backend + ")");
        }
      }
    }
    return null;
  }
}
