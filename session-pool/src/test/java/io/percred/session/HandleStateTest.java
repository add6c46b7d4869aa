package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.io.StringReader;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handle, its statements and its session make of each other when something goes wrong. */
class HandleStateTest extends OneHandle<FaultyVendor> {
  private static final String INSERT = "insert into note (text) values ('x')";
  private static final String COUNT = "select count(*) from note";

  @Override
  FaultyVendor newVendor() throws SQLException {
    return new FaultyVendor("ALICE", "BOB");
  }

  @Test
  void transactionBegunInSqlStaysOpenWhenAutoCommitIsSwitchedOff() throws SQLException {
    execute("begin");
    execute(INSERT);
    handle.setAutoCommit(false);
    context.call(vendor.credential("BOB"));
    assertRefused(() -> query(WHO), "PERCRED-304", "28000");
    context.call(vendor.credential("ALICE"));
    handle.commit();
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("1");
  }

  @Test
  void transactionThatALongerTextBeganIsCommitted() throws SQLException {
    execute("set @a = 1; begin; " + INSERT);
    handle.commit();
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("1");
  }

  @Test
  void transactionThatALongerTextBeganIsRolledBack() throws SQLException {
    execute("set @a = 1; begin; " + INSERT);
    handle.rollback();
    assertThat(query(COUNT)).isEqualTo("0");
  }

  @Test
  void transactionThatALongerTextBeganStaysOpenWhenAutoCommitIsSetAgain() throws SQLException {
    execute("set @a = 1; begin; " + INSERT);
    handle.setAutoCommit(true);
    assertThat(query(WHO)).isEqualTo("ALICE");
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("0");
    handle.rollback();
    assertThat(query(COUNT)).isEqualTo("0");
  }

  @Test
  void sessionThatIsGoneWhenAutoCommitIsSwitchedOnTookItsTransactionAlong() throws SQLException {
    handle.setAutoCommit(false);
    execute(INSERT);
    vendor.killSessions();
    assertRefused(() -> handle.setAutoCommit(true), "PERCRED-307", "40003");
    assertThat(query(COUNT)).isEqualTo("0");
  }

  @Test
  void switchingAutoCommitOnCommitsWhateverElseIsToBeSet() throws SQLException {
    handle.setAutoCommit(false);
    execute(INSERT);
    handle.setSchema("NO_SUCH_SCHEMA");
    handle.setAutoCommit(true);
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("1");
    assertRefused(() -> query(WHO), "PERCRED-310", "58000");
    assertThat(query(WHO)).isEqualTo("ALICE");
  }

  @Test
  void autoCommitThatASessionDidNotTakeOverIsNotForgotten() throws SQLException {
    handle.setAutoCommit(false);
    vendor.failing = "setAutoCommit";
    execute(INSERT);
    assertThat(vendor.logins).as("another session took its place").hasValue(2);
    assertThat(handle.getAutoCommit()).isFalse();
    handle.rollback();
    assertThat(query(COUNT)).isEqualTo("0");
  }

  @Test
  void sessionThatRefusedAPropertyIsNotReused() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setSchema("OTHER");
    vendor.failing = "setSchema";
    assertRefused(() -> query(WHO), "PERCRED-310", "58000");
    handle.endRequest();
    assertThat(pool.snapshot().live()).isZero();
  }

  @Test
  void schemaThatIsUnsetIsTheOneTheSessionBeganWith() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setSchema("OTHER");
    assertThat(query(SCHEMA)).isEqualTo("OTHER");
    handle.setSchema(null);
    assertThat(query(SCHEMA)).isEqualTo("PUBLIC");
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void schemaThatIsSetAgainTakesThePlaceOfTheOneThatSqlHasSet() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setSchema("OTHER");
    assertThat(query(SCHEMA)).isEqualTo("OTHER");
    execute("set schema public");
    assertThat(query(SCHEMA)).isEqualTo("PUBLIC");
    handle.setSchema("OTHER");
    assertThat(query(SCHEMA)).isEqualTo("OTHER");
  }

  @Test
  void handleThatIsAbortedDuringALoginKeepsNoSession() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    vendor.answer = answer;
    Credential alice = vendor.credential("ALICE");
    CompletableFuture<Void> working =
        CompletableFuture.runAsync(
            () -> {
              context.call(alice);
              assertRefused(() -> handle.prepareStatement(WHO), "PERCRED-303", "08003");
            });
    vendor.loggingIn.await();
    handle.abort(Runnable::run);
    answer.countDown();
    working.get(30, TimeUnit.SECONDS);
    assertThat(pool.snapshot().borrowed()).isZero();
  }

  @Test
  void switchingAutoCommitOnFailsAsACommitDoes() throws SQLException {
    handle.setAutoCommit(false);
    execute(INSERT);
    vendor.failing = "commit";
    assertThatThrownBy(() -> handle.setAutoCommit(true)).hasMessageContaining("for a moment");
    assertThat(handle.getAutoCommit()).isFalse();
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("0");

    handle.setAutoCommit(true);
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("1");
    vendor.failing = "setAutoCommit";
    execute(INSERT);
    assertThat(vendor.queryAsAdmin(COUNT)).as("another session took its place").isEqualTo("2");
  }

  @Test
  void whatHoldsForAWholeTransactionIsNotChangedWithinIt() throws SQLException {
    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    handle.setAutoCommit(false);
    execute(INSERT);
    assertRefused(() -> handle.setReadOnly(true), "PERCRED-313", "25001");
    assertRefused(
        () -> handle.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED),
        "PERCRED-313",
        "25001");
    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    handle.commit();
    handle.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    assertThat(vendor.queryAsAdmin(COUNT)).isEqualTo("1");
  }

  @Test
  void statementWhoseBatchWasLostTakesAnother() throws SQLException {
    try (PreparedStatement batch = handle.prepareStatement("insert into note (text) values (?)")) {
      batch.setString(1, "lost");
      batch.addBatch();
      vendor.killSessions();
      assertRefused(batch::executeBatch, "PERCRED-307", "40003");
      batch.setString(1, "kept");
      batch.addBatch();
      batch.executeBatch();
    }
    assertThat(vendor.queryAsAdmin("select listagg(text) from note")).isEqualTo("kept");
  }

  @Test
  void statementWhoseStreamWasLostTakesAnother() throws SQLException {
    try (PreparedStatement insert = handle.prepareStatement("insert into note (text) values (?)")) {
      insert.setCharacterStream(1, new StringReader("lost"));
      vendor.killSessions();
      assertRefused(insert::executeUpdate, "PERCRED-307", "40003");
      insert.setString(1, "kept");
      insert.executeUpdate();
      vendor.killSessions();
      insert.executeUpdate();
    }
    assertThat(vendor.queryAsAdmin("select listagg(text) from note")).isEqualTo("kept,kept");
  }

  @Test
  void batchIsExecutedWithATokenThatSoonExpires() throws SQLException {
    context.call(vendor.credential("ALICE").withExpiry(context.clock.instant().plusSeconds(10)));
    try (PreparedStatement batch = handle.prepareStatement("insert into note (text) values (?)")) {
      batch.setString(1, "x");
      batch.addBatch();
      batch.executeBatch();
    }
    assertThat(vendor.logins).hasValue(1);
    context.clock.advance(Duration.ofSeconds(5));
    query(WHO);
    assertThat(vendor.logins).as("half of what was left has passed").hasValue(2);
  }

  @Test
  void statementThatClosesWithItsRowsDoesSoOnAnotherSession() throws SQLException {
    Statement statement = handle.createStatement();
    statement.closeOnCompletion();
    vendor.killSessions();
    try (ResultSet rows = statement.executeQuery(WHO)) {
      assertThat(rows.next()).isTrue();
    }
    assertThat(statement.isClosed()).isTrue();
  }

  @Test
  void statementThatClosedWithItsRowsStaysClosedWithoutTheSession() throws SQLException {
    handle.setAutoCommit(false);
    Statement statement = handle.createStatement();
    statement.closeOnCompletion();
    statement.executeQuery(WHO).close();
    assertThat(statement.isClosed()).isTrue();
    handle.endRequest();
    assertThat(statement.isClosed()).isTrue();
    assertRefused(() -> statement.executeQuery(WHO), "PERCRED-303", "08003");
  }

  @Test
  void statementsOfAClosedHandleAreClosed() throws SQLException {
    Statement statement = handle.createStatement();
    handle.close();
    assertThat(statement.isClosed()).isTrue();
  }

  @Test
  void typeMapIsTheApplicationsToChange() throws SQLException {
    Map<String, Class<?>> types = handle.getTypeMap();
    types.put("NOTE", String.class);
    handle.setTypeMap(types);
    types.clear();
    assertThat(handle.getTypeMap()).containsEntry("NOTE", String.class);
    handle.setTypeMap(Map.of());
  }

  @Test
  void clientInfoIsRefusedAsJdbcRefusesIt() throws SQLException {
    assertThatThrownBy(() -> handle.setClientInfo("ApplicationName", "test"))
        .isInstanceOfSatisfying(
            SQLClientInfoException.class,
            refused ->
                assertThat(refused.getFailedProperties())
                    .containsExactly(
                        Map.entry("ApplicationName", ClientInfoStatus.REASON_UNKNOWN_PROPERTY)));
    assertThat(query(WHO)).isEqualTo("ALICE");
    handle.close();
    assertThatThrownBy(() -> handle.setClientInfo("ApplicationName", "test"))
        .isInstanceOf(SQLClientInfoException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sessionThatComesToRestInAnEndingPoolIsClosed(boolean jvmEnds) throws Exception {
    Statement busy = handle.createStatement();
    if (jvmEnds) {
      pool.drain();
    } else {
      pool.close();
    }
    assertThat(pool.snapshot().live()).isOne();
    busy.close();
    pool.awaitDrained(System.nanoTime() + TimeUnit.SECONDS.toNanos(10));
    assertThat(pool.snapshot().live()).isZero();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = handle.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertRefused(ThrowingCallable call, String code, String sqlState) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(PercredError.stableCodeOf(e)).as(e.toString()).isEqualTo(code);
              assertThat(e.getSQLState()).isEqualTo(sqlState);
            });
  }
}
