package io.percred.snowflake.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FaultsIT {
  private SnowflakeEmulator emulator;

  @BeforeEach
  void start() throws Exception {
    emulator = SnowflakeEmulator.builder().seed(7).start();
  }

  @AfterEach
  void stop() {
    emulator.close();
  }

  @Test
  void delayedLoginTakesAsLongAsTold() throws SQLException {
    connect().close();
    emulator.faults().delay(Endpoint.LOGIN, Duration.ofMillis(300));
    long before = System.nanoTime();
    connect().close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(300));
  }

  @Test
  void hangingLoginOpensItsSessionWhenReleased() throws Exception {
    CompletableFuture<Connection> late;
    try (Faults.Hold hold = emulator.faults().hold(Endpoint.LOGIN)) {
      late =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return connect();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      assertThat(hold.awaitArrival(Duration.ofSeconds(30))).isTrue();
      assertThat(late).isNotDone();
      assertThat(emulator.counters().opened()).isZero();
    }
    late.get(30, TimeUnit.SECONDS).close();
    assertThat(emulator.counters().opened()).isEqualTo(1);
    assertThat(emulator.counters().live()).isZero();
  }

  @Test
  void failingCloseLeavesTheSessionAndReachesTheCaller() throws SQLException {
    Connection connection = connect();
    emulator.faults().status(Endpoint.CLOSE, 403, 1);
    assertThatThrownBy(connection::close).isInstanceOf(SQLException.class);
    assertThat(connection.isClosed()).isTrue();
    assertThat(emulator.counters().live()).isEqualTo(1);
    assertThat(emulator.counters().closed()).isZero();
  }

  @Test
  void refusedLoginsCarryTheCodeTold() {
    emulator.faults().refuseLogins(1, "390303", "Invalid OAuth access token.");
    SQLException e = catchThrowableOfType(SQLException.class, () -> connect().close());
    assertThat(e.getErrorCode()).isEqualTo(390303);
    assertThat(emulator.counters().opened()).isZero();
    assertThat(emulator.counters().refusedLogins()).isEqualTo(1);
  }

  @Test
  void statusAtARateIsRetriedByTheDriver() throws SQLException {
    try (Connection connection = connect()) {
      emulator.faults().status(Endpoint.QUERY, 503, 0.3);
      for (int i = 0; i < 10; i++) {
        assertThat(Driver.value(connection, "select " + i)).isEqualTo(Integer.toString(i));
      }
    }
    assertThat(emulator.counters().requests(Endpoint.QUERY)).isGreaterThan(10);
    assertThat(emulator.accessLog().queries()).hasSize(10);
  }

  @Test
  void unavailableServerIsGivenUpAtTheLoginTimeout() {
    emulator.faults().statusEverywhere(503, 1);
    Properties properties = emulator.driverProperties(token());
    properties.setProperty("loginTimeout", "2");
    SQLException e =
        catchThrowableOfType(
            SQLException.class, () -> Driver.connect(emulator, properties).close());
    assertThat(e.getErrorCode()).isEqualTo(200015);
    assertThat(emulator.counters().requests(Endpoint.LOGIN)).isGreaterThan(1);
    emulator.faults().clear();
  }

  @Test
  void cutConnectionRunsNothingUntilTheDriverTriesAgain() throws Exception {
    try (Connection connection = connect()) {
      emulator.faults().cut(Endpoint.QUERY, 1);
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return String.valueOf(Driver.value(connection, "select 42"));
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      while (emulator.counters().requests(Endpoint.QUERY) == 0) {
        Thread.onSpinWait();
      }
      assertThat(emulator.accessLog().queries()).isEmpty();
      emulator.faults().clear();
      assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("42");
    }
    assertThat(emulator.accessLog().queries()).hasSize(1);
  }

  @Test
  void vanishingSessionsRunNothing() throws SQLException {
    try (Connection connection = connect()) {
      emulator.faults().vanishSessions(1);
      SQLException e =
          catchThrowableOfType(SQLException.class, () -> Driver.value(connection, "select 1"));
      assertThat(e.getErrorCode()).isEqualTo(390111);
      assertThat(emulator.accessLog().queries()).isEmpty();
      assertThat(emulator.counters().lost()).isEqualTo(1);
    }
  }

  private Connection connect() throws SQLException {
    return Driver.connect(emulator, token());
  }

  private String token() {
    return emulator.tokens().token("alice", "ANALYST", Duration.ofHours(1));
  }
}
