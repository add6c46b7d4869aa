package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a session remembers from one statement to the next belongs to one handle, or the loss is
 * told. Here a caller has one session, for two handles.
 */
class HandleMemoryTest extends OneHandle<H2Vendor> {
  private static final String LEAVES = "insert into numbered values (next value for number)";
  private static final String ASKS = "select current value for number";

  @Override
  H2Vendor newVendor() throws SQLException {
    return new H2Vendor("ALICE", "BOB");
  }

  @Override
  SessionBounds bounds() {
    context.with(SessionProperty.MAX_PER_CALLER, "1").with(SessionProperty.OPEN_TIMEOUT, "5s");
    return super.bounds();
  }

  @BeforeEach
  void sequence() throws SQLException {
    vendor.asAdmin("create sequence number");
    vendor.asAdmin("create table numbered (id int)");
  }

  @Test
  void itIsReadOnTheSameHandle() throws SQLException {
    execute(handle, LEAVES);

    assertThat(ask(handle)).isEqualTo("1");
    assertThat(ask(handle)).isEqualTo("1");
  }

  @Test
  void sessionThatRemembersIsTakenByAnotherHandleAfterARestAndTheLossIsTold() throws SQLException {
    execute(handle, LEAVES);
    rest();
    try (Connection other = newHandle()) {
      execute(other, LEAVES);
      assertThat(ask(other)).isEqualTo("2");
      rest();
      assertLossIsTold(handle);
    }
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void sessionThatRemembersIsTakenWithoutARestByWhoHasWaited() throws SQLException {
    execute(handle, LEAVES);
    try (Connection other = newHandle()) {
      execute(other, WHO);
    }
    assertLossIsTold(handle);
  }

  @Test
  void sessionThatRemembersNothingIsTakenAtOnce() throws SQLException {
    execute(handle, WHO);
    long before = System.nanoTime();
    try (Connection other = newHandle()) {
      execute(other, WHO);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void whoAsksNothingDoesNotHearOfTheLoss() throws SQLException {
    execute(handle, LEAVES);
    rest();
    try (Connection other = newHandle()) {
      execute(other, LEAVES);
      rest();
      assertThat(query(WHO)).isEqualTo("ALICE");
      execute(handle, "delete from numbered where id > 5");
    }
  }

  @Test
  void handleIsNotAnsweredWithWhatAnEarlierOneLeft() throws SQLException {
    try (Connection earlier = newHandle()) {
      execute(earlier, LEAVES);
    }
    assertLossIsTold(handle);
    execute(handle, LEAVES);
    assertThat(ask(handle)).isEqualTo("2");
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void whatIsAskedOfANewSessionIsForTheDatabaseToAnswer() {
    assertThatThrownBy(() -> ask(handle))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(PercredError.stableCodeOf(e)).isNull());
  }

  @Test
  void clearingTheWarningsInBetweenIsNoSilentLoss() throws SQLException {
    execute(handle, LEAVES);
    handle.clearWarnings();
    assertLossIsTold(handle);
  }

  @Test
  void requestThatEndsInBetweenIsNoSilentLoss() throws SQLException {
    execute(handle, LEAVES);
    handle.endRequest();
    assertLossIsTold(handle);
  }

  @Test
  void anotherCallerInBetweenIsNoSilentLoss() throws SQLException {
    execute(handle, LEAVES);
    context.call(vendor.credential("BOB"));
    execute(handle, LEAVES);
    assertThat(ask(handle)).isEqualTo("2");
    context.call(vendor.credential("ALICE"));
    assertLossIsTold(handle);
  }

  @Test
  void lossWithASessionThatEndedIsTold() throws SQLException {
    execute(handle, LEAVES);
    vendor.killSessions();
    assertLossIsTold(handle);
  }

  @Test
  void lossIsToldAlsoIfAnotherStatementFoundTheSessionGone() throws SQLException {
    execute(handle, LEAVES);
    vendor.killSessions();
    assertThat(query(WHO)).isEqualTo("ALICE");
    assertLossIsTold(handle);
  }

  @Test
  void lossAtTheEndOfASessionsTimeIsTold() throws SQLException {
    execute(handle, LEAVES);
    context.clock.advance(Duration.ofHours(1));
    assertLossIsTold(handle);
  }

  @Test
  void idleTimeoutEndsASessionThatRemembersTooAndTheLossIsTold() throws SQLException {
    execute(handle, LEAVES);
    context.clock.advance(Duration.ofMinutes(3));
    pool.sweep();
    assertThat(pool.snapshot().borrowed()).isZero();
    assertLossIsTold(handle);
  }

  @Test
  void batchThatAsksIsToldOfTheLoss() throws SQLException {
    execute(handle, LEAVES);
    handle.clearWarnings();
    try (Statement statement = handle.createStatement()) {
      statement.addBatch("insert into numbered values (current value for number)");
      assertThatThrownBy(statement::executeBatch)
          .isInstanceOfSatisfying(SQLException.class, HandleMemoryTest::isLoss);
    }
  }

  @Test
  void preparedStatementThatAsksIsToldOfTheLoss() throws SQLException {
    execute(handle, LEAVES);
    handle.clearWarnings();
    try (var statement = handle.prepareStatement(ASKS)) {
      assertThatThrownBy(statement::executeQuery)
          .isInstanceOfSatisfying(SQLException.class, HandleMemoryTest::isLoss);
    }
  }

  private void rest() {
    context.clock.advance(Placement.REST);
  }

  private static void assertLossIsTold(Connection asked) {
    assertThatThrownBy(() -> ask(asked))
        .isInstanceOfSatisfying(SQLException.class, HandleMemoryTest::isLoss);
  }

  private static void isLoss(SQLException e) {
    assertThat(e.getSQLState()).isEqualTo("40003");
    assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-307");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(ASKS)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
