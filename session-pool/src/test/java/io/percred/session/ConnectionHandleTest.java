package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionHandleTest {
  private static final Target TARGET = new Target("jdbc:h2:mem", null, null);
  private static final String WHO = "select current_user";

  private final TestContext context = new TestContext();
  private H2Vendor vendor;
  private Credential alice;
  private Credential bob;
  private SessionPool pool;
  private Connection handle;

  @BeforeEach
  void open() throws SQLException {
    vendor = new H2Vendor("ALICE", "BOB");
    alice = vendor.credential("ALICE");
    bob = vendor.credential("BOB");
    pool = newPool();
    handle = newHandle();
  }

  @AfterEach
  void nothingIsLeft() throws SQLException {
    handle.close();
    pool.close();
    SessionSnapshot end = pool.snapshot();
    assertThat(end.live()).as(end.toString()).isZero();
    assertThat(end.opened()).isEqualTo(end.closed());
    assertThat(vendor.live()).isZero();
    vendor.close();
  }

  @Test
  void eachStatementRunsAsTheCallerWhoExecutesIt() throws SQLException {
    context.call(alice);
    assertThat(query(WHO)).isEqualTo("ALICE");
    context.call(bob);
    assertThat(query(WHO)).isEqualTo("BOB");
    context.call(alice);
    assertThat(query(WHO)).isEqualTo("ALICE");
    assertThat(vendor.logins).hasValue(2);
  }

  @Test
  void withoutACallerNothingIsOpened() {
    assertRefused(() -> query(WHO), "PERCRED-901", "28000");
    assertRefused(() -> handle.prepareStatement(WHO), "PERCRED-901", "28000");
    assertThat(vendor.logins).hasValue(0);
  }

  @Test
  void whatPoolsAskAndSetOpensNoSession() throws SQLException {
    context.call(alice);
    assertThat(handle.isValid(1)).isTrue();
    handle.setAutoCommit(false);
    handle.setReadOnly(true);
    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    handle.setNetworkTimeout(Runnable::run, 1000);
    handle.setCatalog("X");
    handle.setSchema("Y");
    handle.setClientInfo("ApplicationName", "test");
    assertThat(handle.getAutoCommit()).isFalse();
    assertThat(handle.isReadOnly()).isTrue();
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(handle.getNetworkTimeout()).isEqualTo(1000);
    assertThat(handle.getCatalog()).isEqualTo("X");
    assertThat(handle.getSchema()).isEqualTo("Y");
    assertThat(handle.getClientInfo("ApplicationName")).isEqualTo("test");
    assertThat((Throwable) handle.getWarnings()).isNull();
    handle.clearWarnings();
    handle.rollback();
    handle.commit();
    handle.beginRequest();
    handle.endRequest();
    assertThat(handle.getMetaData().getConnection()).isSameAs(handle);
    assertThat(handle.getMetaData().getURL()).isEqualTo(TARGET.url());
    assertThat(handle).asString().contains("without a session");
    assertThat(vendor.logins).hasValue(0);
    assertThat(context.resolved).hasValue(0);
  }

  @Test
  void whatWasSetOnTheHandleIsSetOnEverySession() throws SQLException {
    vendor.asAdmin("create schema other");
    handle.setSchema("OTHER");
    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    for (Credential caller : new Credential[] {alice, bob}) {
      context.call(caller);
      assertThat(query("select current_schema")).isEqualTo("OTHER");
      assertThat(
              query(
                  "select isolation_level from information_schema.sessions where session_id ="
                      + " session_id()"))
          .isEqualTo("SERIALIZABLE");
    }
    handle.close();

    try (Connection next = newHandle()) {
      assertThat(query(next, "select current_schema")).isEqualTo("PUBLIC");
      assertThat(
              query(
                  next,
                  "select isolation_level from information_schema.sessions where session_id ="
                      + " session_id()"))
          .isEqualTo("READ COMMITTED");
    }
    assertThat(vendor.logins).hasValue(2);
  }

  @Test
  void aPropertyThatASessionRefusesIsAnErrorOnce() throws SQLException {
    context.call(alice);
    handle.setSchema("NO_SUCH_SCHEMA");
    assertRefused(() -> query(WHO), "PERCRED-310", "58000");
    assertThat(query(WHO)).isEqualTo("ALICE");
  }

  @Test
  void anotherCallerCannotContinueATransaction() throws SQLException {
    handle.setAutoCommit(false);
    context.call(alice);
    execute("insert into note (text) values ('a')");
    context.call(bob);
    assertRefused(() -> query(WHO), "PERCRED-304", "28000");
    context.call(null);
    assertRefused(() -> query(WHO), "PERCRED-901", "28000");
    handle.commit();
    assertThat(vendor.queryAsAdmin("select author from note")).isEqualTo("ALICE");
    context.call(bob);
    assertThat(query(WHO)).isEqualTo("BOB");
  }

  @Test
  void aRenewedTokenOfTheSamePrincipalContinuesTheTransaction() throws SQLException {
    handle.setAutoCommit(false);
    context.call(alice);
    execute("insert into note (text) values ('a')");
    context.call(Credential.of("renewed", "ALICE"));
    assertThat(query(WHO)).isEqualTo("ALICE");
    handle.commit();
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void onChangeKeepLetsTheTransactionRunAsItsBeginner() throws SQLException {
    context.with(SessionProperty.ON_CHANGE, "keep");
    try (Connection kept = newHandle()) {
      kept.setAutoCommit(false);
      context.call(alice);
      assertThat(query(kept, WHO)).isEqualTo("ALICE");
      context.call(bob);
      assertThat(query(kept, WHO)).isEqualTo("ALICE");
      kept.commit();
      assertThat(query(kept, WHO)).isEqualTo("BOB");
    }
  }

  @Test
  void aStatementOfOneCallerIsRefusedToAnother() throws SQLException {
    context.call(alice);
    PreparedStatement ofAlice = handle.prepareStatement(WHO);
    Statement plain = handle.createStatement();
    context.call(bob);
    assertRefused(ofAlice::executeQuery, "PERCRED-305", "28000");
    assertRefused(() -> plain.executeQuery(WHO), "PERCRED-305", "28000");
    assertRefused(() -> plain.addBatch("delete from note"), "PERCRED-305", "28000");
    assertThat(query(WHO)).isEqualTo("BOB");
    context.call(alice);
    assertThat(only(ofAlice.executeQuery())).isEqualTo("ALICE");
    ofAlice.close();
    plain.close();
    assertRefused(ofAlice::executeQuery, "PERCRED-303", "08003");
  }

  @Test
  void everyTransactionIsVerifiedAndABorrowSharesItsFirstOnes() throws SQLException {
    context.call(alice);
    query(WHO);
    assertThat(context.resolved).hasValue(1);
    query(WHO);
    assertThat(context.resolved).hasValue(2);
    handle.setAutoCommit(false);
    query(WHO);
    query(WHO);
    assertThat(context.resolved).hasValue(3);
    handle.commit();
    query(WHO);
    assertThat(context.resolved).hasValue(4);
  }

  @Test
  void aRevokedTokenIsRefusedAlthoughItsSessionIsOpen() throws SQLException {
    context.call(alice);
    query(WHO);
    PreparedStatement prepared = handle.prepareStatement(WHO);
    context.clock.advance(Duration.ofSeconds(2));
    context.revoked.add(alice.token());
    assertRefused(prepared::executeQuery, "PERCRED-902", "28000");
    handle.endRequest();
    assertRefused(() -> query(WHO), "PERCRED-902", "28000");
    assertThat(pool.snapshot().idle()).isOne();
  }

  @Test
  void aForgedTokenNeverReachesTheSessionOfAnother() throws SQLException {
    context.call(alice);
    query(WHO);
    handle.endRequest();
    context.call(Credential.of("token-of-ALICE forged"));
    assertThatThrownBy(() -> query(WHO)).isInstanceOf(SQLException.class);
    assertThat(vendor.logins).hasValue(2);
    assertThat(pool.snapshot().reused()).isZero();
  }

  @Test
  void everythingLeadsBackToTheHandle() throws SQLException {
    context.call(alice);
    try (PreparedStatement statement = handle.prepareStatement(WHO);
        ResultSet rows = statement.executeQuery()) {
      assertThat(statement.getConnection()).isSameAs(handle);
      assertThat(rows.getStatement()).isSameAs(statement);
      assertThat(statement.getResultSet()).isSameAs(rows);
      assertThat(rows.unwrap(ResultSet.class)).isSameAs(rows);
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(handle.unwrap(Connection.class)).isSameAs(handle);
      DatabaseMetaData metadata = handle.getMetaData();
      assertThat(metadata.getConnection()).isSameAs(handle);
      assertThat(metadata.getDatabaseProductName()).isEqualTo("H2");
      try (ResultSet tables = metadata.getTables(null, null, "NOTE", null)) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getStatement()).isNull();
      }
    }
    assertThat(Set.of(handle)).contains(handle).doesNotContain(newHandle());
    assertThat(handle.hashCode()).isEqualTo(System.identityHashCode(handle));
  }

  @Test
  void anUnwrappedSessionIsNotReused() throws SQLException {
    context.call(alice);
    assertThat(handle.isWrapperFor(JdbcConnection.class)).isTrue();
    query(WHO);
    handle.endRequest();
    assertThat(vendor.live()).isOne();
    assertThat(handle.unwrap(JdbcConnection.class).isClosed()).isFalse();
    handle.endRequest();
    assertThat(vendor.live()).isZero();
    assertThat(reasonOfLastClose()).isEqualTo("unwrapped");
    context.call(null);
    assertThat(handle.isWrapperFor(JdbcConnection.class)).isFalse();
    assertRefused(() -> handle.unwrap(JdbcConnection.class), "PERCRED-901", "28000");
  }

  @Test
  void aChangedSessionServesItsUnitOfWorkAndNoOther() throws SQLException {
    context.call(alice);
    execute("set schema information_schema");
    assertThat(query("select current_schema")).isEqualTo("INFORMATION_SCHEMA");
    handle.endRequest();
    assertThat(query("select current_schema")).isEqualTo("PUBLIC");
    assertThat(vendor.logins).hasValue(2);
    assertThat(reasonOfLastClose()).isEqualTo("changed");
  }

  @Test
  void anOpenTransactionIsRolledBackWhenTheHandleIsGivenBack() throws SQLException {
    context.call(alice);
    handle.setAutoCommit(false);
    execute("insert into note (text) values ('lost')");
    handle.endRequest();
    assertThat(vendor.queryAsAdmin("select count(*) from note")).isEqualTo("0");
    assertThat(vendor.live()).isOne();
  }

  @Test
  void aTransactionBegunInSqlEndsWithTheSession() throws SQLException {
    context.call(alice);
    execute("begin");
    execute("insert into note (text) values ('lost')");
    context.call(bob);
    assertRefused(() -> query(WHO), "PERCRED-304", "28000");
    handle.endRequest();
    assertThat(vendor.queryAsAdmin("select count(*) from note")).isEqualTo("0");
    assertThat(vendor.live()).isZero();
  }

  @Test
  void switchingAutoCommitOnCommits() throws SQLException {
    context.call(alice);
    handle.setAutoCommit(false);
    execute("insert into note (text) values ('kept')");
    handle.setAutoCommit(true);
    assertThat(vendor.queryAsAdmin("select count(*) from note")).isEqualTo("1");
  }

  @Test
  void aLostSessionIsReplacedWithoutAWord() throws SQLException {
    context.call(alice);
    try (PreparedStatement statement = handle.prepareStatement("select current_user || ?")) {
      statement.setString(1, "!");
      assertThat(only(statement.executeQuery())).isEqualTo("ALICE!");
      vendor.killSessions();
      assertThat(only(statement.executeQuery())).isEqualTo("ALICE!");
    }
    vendor.killSessions();
    assertThat(query(WHO)).isEqualTo("ALICE");
    assertThat(vendor.logins).hasValue(3);
    assertThat(reasonOfLastClose()).isEqualTo("gone");
  }

  @Test
  void aLostTransactionIsAnErrorAndTheHandleStaysUsable() throws SQLException {
    context.call(alice);
    handle.setAutoCommit(false);
    execute("insert into note (text) values ('lost')");
    vendor.killSessions();
    assertRefused(() -> query(WHO), "PERCRED-307", "40003");
    assertThat(query(WHO)).isEqualTo("ALICE");
    vendor.killSessions();
    handle.rollback();
    assertThat(query(WHO)).isEqualTo("ALICE");
    vendor.killSessions();
    assertRefused(handle::commit, "PERCRED-307", "40003");
  }

  @Test
  void whatASessionHeldForItsCallerIsNotReplacedSilently() throws SQLException {
    context.call(alice);
    execute("set schema information_schema");
    vendor.killSessions();
    assertRefused(() -> query(WHO), "PERCRED-307", "40003");
    try (PreparedStatement batch = handle.prepareStatement("insert into note (text) values (?)")) {
      batch.setString(1, "x");
      batch.addBatch();
      vendor.killSessions();
      assertRefused(batch::executeBatch, "PERCRED-307", "40003");
    }
    execute("set schema information_schema");
    context.clock.advance(Duration.ofMinutes(31));
    assertRefused(() -> query(WHO), "PERCRED-307", "40003");
    assertThat(query("select current_schema")).isEqualTo("PUBLIC");
  }

  @Test
  void aHandleAtRestGivesUpItsSessionToWhoNeedsThePlace() throws Exception {
    context.with(SessionProperty.MAX, "1");
    pool.close();
    pool = newPool();
    handle = newHandle();
    try (Connection other = newHandle()) {
      context.call(alice);
      query(handle, WHO);
      context.call(bob);
      assertThat(query(other, WHO)).isEqualTo("BOB");
      context.call(alice);
      assertThat(query(handle, WHO)).isEqualTo("ALICE");
      Statement open = handle.createStatement();
      CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> queryAs(bob, other));
      while (pool.snapshot().waiting() == 0) {
        Thread.onSpinWait();
      }
      assertThat(waiting).isNotDone();
      open.close();
      assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo("BOB");
    }
    assertThat(vendor.live()).isOne();
  }

  @Test
  void whatPoolsAskAHandleAtRestDoesNotKeepItsSession() throws Exception {
    context.with(SessionProperty.MAX, "1").with(SessionProperty.OPEN_TIMEOUT, "2s");
    pool.close();
    pool = newPool();
    handle = newHandle();
    List<Looking> questions =
        List.of(
            Connection::getWarnings,
            connection -> connection.isValid(1),
            Connection::getSchema,
            Object::toString,
            connection -> {
              connection.setAutoCommit(false);
              query(connection, WHO);
              connection.setAutoCommit(true);
              return null;
            });
    try (Connection other = newHandle()) {
      for (Looking question : questions) {
        context.call(alice);
        assertThat(query(handle, WHO)).isEqualTo("ALICE");
        question.at(handle);
        context.call(bob);
        assertThat(query(other, WHO)).isEqualTo("BOB");
      }
    }
  }

  @Test
  void idleTimeoutZeroIsASessionPerRequest() throws SQLException {
    context.with(SessionProperty.IDLE_TIMEOUT, "0");
    pool.close();
    pool = newPool();
    handle = newHandle();
    context.call(alice);
    for (int i = 1; i <= 3; i++) {
      query(WHO);
      query(WHO);
      handle.clearWarnings();
      assertThat(vendor.live()).isZero();
      assertThat(vendor.logins).hasValue(i);
    }
    assertThatThrownBy(() -> query("select no_such_column")).isInstanceOf(SQLException.class);
    handle.close();
    assertThat(vendor.live()).isZero();
  }

  @Test
  void sharedUsesSessionsOfItsOwn() throws SQLException {
    context.onMissing(new Resolution.Shared());
    context.call(alice);
    execute("insert into note (text) values ('x')");
    context.call(null);
    assertThat(query(WHO)).isEqualTo("ADMIN");
    assertThat(vendor.logins).hasValue(2);
    context.onMissing(new Resolution.Anonymous());
    assertRefused(() -> query(WHO), "PERCRED-306", "28000");
  }

  @Test
  void aClosedHandleRefusesAndAnAbortedOneLosesItsSession() throws Exception {
    context.call(alice);
    Connection aborted = newHandle();
    query(aborted, WHO);
    aborted.abort(Runnable::run);
    assertThat(aborted.isClosed()).isTrue();
    assertThat(vendor.live()).isZero();
    assertThat(reasonOfLastClose()).isEqualTo("aborted");
    handle.close();
    handle.close();
    assertThat(handle.isValid(1)).isFalse();
    assertRefused(() -> handle.createStatement(), "PERCRED-303", "08003");
    assertRefused(() -> handle.setReadOnly(true), "PERCRED-303", "08003");
    assertRefused(() -> handle.commit(), "PERCRED-303", "08003");
    assertRefused(() -> handle.setClientInfo("ApplicationName", "x"), "PERCRED-303", "08003");
    assertThatThrownBy(() -> handle.setClientInfo(new Properties()))
        .isInstanceOf(SQLClientInfoException.class);
  }

  @Test
  void eventsTellWhoGotASessionAndNoToken() throws SQLException {
    context.call(alice);
    query(WHO);
    handle.close();
    pool.close();
    assertThat(context.events)
        .hasAtLeastOneElementOfType(PercredEvent.SessionOpened.class)
        .hasAtLeastOneElementOfType(PercredEvent.Bound.class)
        .hasAtLeastOneElementOfType(PercredEvent.SessionClosed.class)
        .allSatisfy(event -> assertThat(event.toString()).doesNotContain("token-of"));
  }

  private interface Looking {
    @Nullable Object at(Connection connection) throws SQLException;
  }

  private SessionPool newPool() {
    return new SessionPool(
        vendor, SessionBounds.of(context.settings()), TARGET, context.clock, context.listener());
  }

  private Connection newHandle() {
    return pool.connect(context, TARGET, "shape");
  }

  private String reasonOfLastClose() {
    return Objects.requireNonNull(
        context.events.stream()
            .filter(PercredEvent.SessionClosed.class::isInstance)
            .map(event -> ((PercredEvent.SessionClosed) event).reason())
            .reduce("", (earlier, later) -> later));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = handle.createStatement()) {
      statement.execute(sql);
    }
  }

  private String query(String sql) throws SQLException {
    return query(handle, sql);
  }

  private String queryAs(Credential caller, Connection connection) {
    context.call(caller);
    try {
      return query(connection, WHO);
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return only(statement.executeQuery(sql));
    }
  }

  private static String only(ResultSet rows) throws SQLException {
    try (rows) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
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
