package io.percred.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a connection of any adapter promises: each unit of work runs as whoever was calling when it
 * began, or does not run, and the connection stays usable. The database says who that was.
 */
public abstract class CallerContract {
  /** Work that may fail as JDBC does. */
  @FunctionalInterface
  protected interface Work {
    /** Does it. */
    void run() throws SQLException;
  }

  /** A connection through percred with {@code percred.on-missing=reject}; the test closes it. */
  protected abstract Connection connect() throws SQLException;

  /** Two callers that the database tells apart. */
  protected abstract List<Credential> callers();

  /**
   * A query whose first column says who the database sees, for the caller of the transaction that
   * it runs in.
   */
  protected abstract String whoQuery();

  /** What {@link #whoQuery()} answers for a caller. */
  protected abstract String expected(Credential caller);

  @Test
  void statementInAutocommitRunsAsItsCaller() throws SQLException {
    try (Connection connection = connect()) {
      for (int i = 0; i < 6; i++) {
        assertSeen(connection, callers().get(i % 2));
      }
    }
  }

  @Test
  void statementPreparedOnceRunsAsWhoeverExecutesIt() throws SQLException {
    Credential first = callers().get(0);
    try (Connection connection = connect()) {
      as(
          first,
          () -> {
            try (PreparedStatement statement = connection.prepareStatement(whoQuery())) {
              for (int i = 0; i < 12; i++) {
                try (ResultSet rows = statement.executeQuery()) {
                  assertThat(firstColumn(rows)).isEqualTo(expected(first));
                }
              }
            }
          });
      assertSeen(connection, callers().get(1));
    }
  }

  @Test
  void everyStatementOfATransactionRunsAsItsCaller() throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      for (Credential caller : callers()) {
        assertSeen(connection, caller);
        assertSeen(connection, caller);
        connection.commit();
        assertSeen(connection, caller);
        connection.rollback();
      }
    }
  }

  @Test
  void transactionMayEndOutsideOfItsScope() throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      assertSeen(connection, callers().get(0));
      connection.commit();
      assertSeen(connection, callers().get(1));
      connection.rollback();
    }
  }

  @Test
  void nobodyIsRefusedAndTheConnectionStaysUsable() throws SQLException {
    try (Connection connection = connect()) {
      for (Credential caller : callers()) {
        assertRefused(connection);
        assertSeen(connection, caller);
      }
      assertThat(connection.isValid(10)).isTrue();
    }
  }

  @Test
  void blankTokenIsNobody() throws SQLException {
    try (Connection connection = connect()) {
      as(Credential.of(" ", "blank"), () -> assertRefused(connection));
      assertSeen(connection, callers().get(0));
    }
  }

  @Test
  void failureDoesNotCostTheNextStatementItsCaller() throws SQLException {
    try (Connection connection = connect()) {
      for (Credential caller : callers()) {
        as(
            caller,
            () ->
                assertThat(failure(connection, "selec nothing").getSQLState())
                    .isNotEqualTo("28000"));
        assertSeen(connection, caller);
      }
    }
  }

  @Test
  void callerWithinACallerIsTheInnermost() throws SQLException {
    Credential outer = callers().get(0);
    Credential inner = callers().get(1);
    try (Connection connection = connect()) {
      as(
          outer,
          () -> {
            assertSeen(connection, inner);
            assertThat(ask(connection, whoQuery())).isEqualTo(expected(outer));
          });
    }
  }

  private void assertSeen(Connection connection, Credential caller) throws SQLException {
    as(caller, () -> assertThat(ask(connection, whoQuery())).isEqualTo(expected(caller)));
  }

  private void assertRefused(Connection connection) {
    SQLException refused = failure(connection, whoQuery());
    assertThat(refused.getSQLState()).isEqualTo("28000");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-101");
  }

  private static SQLException failure(Connection connection, String query) {
    SQLException failed = catchThrowableOfType(SQLException.class, () -> ask(connection, query));
    if (failed == null) {
      throw new AssertionError("This should have failed: " + query);
    }
    return failed;
  }

  private static void as(Credential caller, Work work) throws SQLException {
    CallerScope scope = CallerContext.open(caller);
    try {
      work.run();
    } finally {
      scope.close();
    }
  }

  private static @Nullable String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return firstColumn(rows);
    }
  }

  private static @Nullable String firstColumn(ResultSet rows) throws SQLException {
    assertThat(rows.next()).as("a row").isTrue();
    return rows.getString(1);
  }
}
