package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class LifecycleIT {
  private SnowflakeEmulator emulator;
  private Connection connection;

  @BeforeEach
  void start() throws Exception {
    emulator = SnowflakeEmulator.builder().queryHoldTime(Duration.ofMillis(200)).start();
    connection = Driver.connect(emulator, "alice", "ANALYST");
  }

  @AfterEach
  void stop() throws SQLException {
    connection.close();
    emulator.close();
  }

  @Test
  void validityIsOneHeartbeat() throws SQLException {
    assertThat(connection.isValid(5)).isTrue();
    assertThat(emulator.counters().requests(Endpoint.HEARTBEAT)).isEqualTo(1);
    emulator.loseAllSessions();
    assertThat(connection.isValid(5)).isFalse();
  }

  @Test
  void vanishedSessionIsGoneForQueriesAndCountedAsLost() {
    assertThat(emulator.loseSessionsOf("alice")).isEqualTo(1);
    assertThat(failure("select 1").getErrorCode()).isEqualTo(390111);
    Counters counters = emulator.counters();
    assertThat(counters.lost()).isEqualTo(1);
    assertThat(counters.opened()).isEqualTo(counters.closed() + counters.lost() + counters.live());
  }

  @Test
  void expiredSessionTokenIsRenewedWithoutTheCallerNoticing() throws SQLException {
    Driver.update(connection, "set here = 'still'");
    emulator.expireSessionTokens();
    assertThat(Driver.value(connection, "select $here")).isEqualTo("still");
    assertThat(emulator.counters().requests(Endpoint.RENEWAL)).isEqualTo(1);
    assertThat(emulator.counters().opened()).isEqualTo(1);
  }

  @Test
  void expiredMasterTokenEndsTheUseOfASession() throws SQLException {
    emulator.expireMasterTokens();
    assertThat(failure("select 1").getErrorCode()).isEqualTo(390114);
    connection.close();
    assertThat(emulator.counters().live()).isZero();
  }

  @Test
  void logoutWithAnExpiredSessionTokenIsRefusedAndTheDriverTellsNobody() throws SQLException {
    emulator.expireSessionTokens();
    connection.close();
    assertThat(emulator.counters().requests(Endpoint.CLOSE)).isOne();
    assertThat(emulator.counters().live()).isOne();
  }

  @Test
  void sessionThatIsLostWhileItsQueryRunsIsGoneForTheQueryToo() throws Exception {
    CompletableFuture<SQLException> running =
        CompletableFuture.supplyAsync(() -> failure("select system$wait(60)"));
    while (emulator.counters().requests(Endpoint.RESULT) == 0) {
      Thread.onSpinWait();
    }
    emulator.loseAllSessions();
    assertThat(running.get(20, TimeUnit.SECONDS).getErrorCode()).isEqualTo(390111);
  }

  @ParameterizedTest
  @EnumSource(Faults.Silence.class)
  void queryThatIsLeftUnansweredHasRun(Faults.Silence silence) throws SQLException {
    Driver.update(connection, "create table kept_" + silence + " (n int)");
    emulator.faults().leaveUnanswered(silence, Faults.End.LOST);
    assertThat(failure("insert into kept_" + silence + " values (1)").getErrorCode())
        .isEqualTo(390111);
    try (Connection next = Driver.connect(emulator, "alice", "ANALYST")) {
      assertThat(Driver.value(next, "select count(*) from kept_" + silence)).isEqualTo("1");
    }
  }

  @Test
  void textOfSeveralStatementsGivesTheResultOfEach() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("alter session set MULTI_STATEMENT_COUNT = 0");
      assertThat(statement.execute("select 'one'; select 'two;'; -- that is all")).isTrue();
      assertThat(first(statement)).isEqualTo("one");
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(first(statement)).isEqualTo("two;");
      assertThat(statement.getMoreResults()).isFalse();
    }
  }

  private static String first(Statement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void tokensExpireByTheClock() throws Exception {
    TestClock clock = new TestClock(Instant.parse("2026-11-21T10:00:00Z"));
    try (SnowflakeEmulator other =
            SnowflakeEmulator.builder()
                .clock(clock)
                .tokenLifetimes(Duration.ofMinutes(10), Duration.ofMinutes(30))
                .start();
        Connection session = Driver.connect(other, "alice", "ANALYST")) {
      clock.advance(Duration.ofMinutes(10));
      assertThat(Driver.value(session, "select 1")).isEqualTo("1");
      assertThat(other.counters().requests(Endpoint.RENEWAL)).isEqualTo(1);
      clock.advance(Duration.ofMinutes(30));
      assertThatThrownBy(() -> Driver.value(session, "select 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(390114));
    }
  }

  @Test
  void queryThatOutlastsItsRequestIsFetchedLater() throws SQLException {
    assertThat(Driver.value(connection, "select system$wait(700, 'milliseconds')"))
        .contains("waited");
    assertThat(emulator.counters().requests(Endpoint.RESULT)).isPositive();
    assertThat(Driver.value(connection, "select 1")).isEqualTo("1");
  }

  @Test
  void cancelledQueryFailsAndTheSessionGoesOn() throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<String> running =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  statement.execute("select system$wait(60)");
                  return "finished";
                } catch (SQLException e) {
                  return Integer.toString(e.getErrorCode());
                }
              });
      while (emulator.counters().requests(Endpoint.RESULT) == 0) {
        Thread.onSpinWait();
      }
      statement.cancel();
      assertThat(running.get(30, TimeUnit.SECONDS)).isEqualTo("604");
    }
    assertThat(Driver.value(connection, "select 1")).isEqualTo("1");
    assertThat(emulator.counters().requests(Endpoint.ABORT)).isEqualTo(1);
  }

  @Test
  void queryTimeoutInterruptsDuckDb() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      String endless =
          "select count(*) from range(100000000) a, range(1000000) b where a.range % 7 = b.range % 3";
      SQLException e =
          catchThrowableOfType(SQLException.class, () -> statement.executeQuery(endless));
      assertThat(e.getSQLState()).isEqualTo("57014");
    }
    assertThat(Driver.value(connection, "select 1")).isEqualTo("1");
  }

  @Test
  void asynchronousQueryGivesItsResultLater() throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet row = executeAsync(statement, "select 6 * 7 as answer")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt("ANSWER")).isEqualTo(42);
    }
  }

  @Test
  void closeSkipsTheDeleteWhileAnAsynchronousQueryRuns() throws Exception {
    Connection other = Driver.connect(emulator, "bob", "ANALYST");
    Statement statement = other.createStatement();
    executeAsync(statement, "select system$wait(60)");
    other.close();
    assertThat(emulator.counters().live()).isEqualTo(2);
    assertThat(emulator.counters().requests(Endpoint.MONITORING)).isPositive();
  }

  @Test
  void sessionIsLookedUpByItsIdToBeLost() throws SQLException {
    long id = emulator.sessions().get(0).id();
    assertThat(emulator.loseSession(id)).isTrue();
    assertThat(emulator.loseSession(id)).isFalse();
    assertThat(failure("select 1").getErrorCode()).isEqualTo(390111);
  }

  @Test
  void closedEmulatorRefusesConnectionsAndLeavesNoThread() throws Exception {
    SnowflakeEmulator other = SnowflakeEmulator.builder().start();
    Driver.connect(other, "alice", "ANALYST").close();
    int port = other.port();
    other.close();
    other.close();
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
        .isInstanceOf(IOException.class);
  }

  /** The vendor's interface differs between 3.x and 4.x; the method's name does not. */
  private static ResultSet executeAsync(Statement statement, String sql) throws Exception {
    Class<?> vendor =
        Arrays.stream(statement.getClass().getInterfaces())
            .filter(type -> type.getSimpleName().equals("SnowflakeStatement"))
            .findFirst()
            .orElseThrow();
    Method method = vendor.getMethod("executeAsyncQuery", String.class);
    return (ResultSet) method.invoke(statement, sql);
  }

  private SQLException failure(String sql) {
    return catchThrowableOfType(SQLException.class, () -> Driver.value(connection, sql));
  }
}
