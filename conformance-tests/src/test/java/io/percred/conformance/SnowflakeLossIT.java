package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.session.SessionSnapshot;
import io.percred.snowflake.emulator.AccessLog;
import io.percred.snowflake.emulator.Endpoint;
import io.percred.snowflake.emulator.Faults;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.spi.Credential;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that Snowflake ends under a handle, and what a handle keeps for its caller. */
@Tag("snowflake")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("try") // scopes act by being open
class SnowflakeLossIT {
  private static final String INSERT = "insert into demo.public.note values ('once')";
  private SnowflakeEmulator emulator;
  private PercredDataSource source;
  private CallerScope scope;

  @BeforeEach
  void start() throws Exception {
    emulator = SnowflakeEmulator.builder().queryHoldTime(Duration.ofMillis(200)).start();
    emulator.run("CREATE TABLE DEMO.PUBLIC.NOTE (TEXT VARCHAR)");
    source = new PercredDataSource();
    source.setUrl(emulator.percredUrl() + "&db=DEMO&schema=PUBLIC&MULTI_STATEMENT_COUNT=0");
    scope = CallerContext.open(alice());
  }

  @AfterEach
  void nothingIsLeft() {
    emulator.faults().clear();
    scope.close();
    source.close();
    assertThat(emulator.counters().live()).isZero();
    emulator.close();
  }

  private Credential alice() {
    return Credential.of(emulator.tokens().token("alice", "ANALYST", Duration.ofHours(1)), "alice");
  }

  static Stream<Arguments> endings() {
    return Stream.of(Faults.Silence.values())
        .flatMap(
            silence ->
                Stream.of(Faults.End.LOST, Faults.End.EXPIRED)
                    .map(end -> Arguments.of(silence, end)));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void insertThatMayHaveRunIsNotSentAgain(Faults.Silence silence, Faults.End end)
      throws SQLException {
    try (Connection handle = source.getConnection();
        Statement statement = handle.createStatement()) {
      emulator.faults().leaveUnanswered(silence, end);
      assertUnknown(() -> statement.executeUpdate(INSERT));
      assertThat(notes()).isOne();
      assertThat(statement.executeUpdate(INSERT)).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        INSERT,
        "insert into note select 'once'",
        "/* x */ insert into note values ('once')",
        "merge into note using (select 'once' as t) s on note.text = 'none'"
            + " when not matched then insert values (s.t)"
      })
  void whateverWritesIsNotSentAgain(String sql) throws SQLException {
    try (Connection handle = source.getConnection();
        PreparedStatement statement = handle.prepareStatement(sql)) {
      emulator.faults().leaveUnanswered(Faults.Silence.IN_PROGRESS, Faults.End.LOST);
      assertUnknown(statement::execute);
      assertThat(notes()).isOne();
    }
  }

  @Test
  void batchAndCommitThatMayHaveRunAreNotSentAgain() throws SQLException {
    try (Connection handle = source.getConnection();
        Statement statement = handle.createStatement()) {
      statement.addBatch(INSERT);
      emulator.faults().leaveUnanswered(Faults.Silence.IN_PROGRESS, Faults.End.LOST);
      assertUnknown(statement::executeBatch);
      assertThat(notes()).isOne();
    }
    try (Connection handle = source.getConnection();
        Statement statement = handle.createStatement()) {
      handle.setAutoCommit(false);
      statement.executeUpdate(INSERT);
      emulator.faults().leaveUnanswered(Faults.Silence.UNAVAILABLE, Faults.End.LOST);
      assertUnknown(handle::commit);
      assertThat(notes()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Faults.Silence.class)
  void queryThatOnlyReadsIsSentAgain(Faults.Silence silence) throws SQLException {
    try (Connection handle = source.getConnection()) {
      emulator.faults().leaveUnanswered(silence, Faults.End.LOST);
      assertThat(ask(handle, "select current_user()")).isEqualTo("ALICE");
    }
  }

  @Test
  void sessionThatWasLostWhileItWaitedIsFoundBeforeAnythingIsSent() throws SQLException {
    String idle = emulator.percredUrl() + "&percred.sessions.idle-timeout=10m";
    try (PercredDataSource other = new PercredDataSource()) {
      other.setUrl(idle);
      try (Connection handle = other.getConnection()) {
        ask(handle, "select 1");
      }
      try (Connection handle = other.getConnection()) {
        emulator.loseAllSessions();
        // One that was used a moment ago is not asked, and may have executed what it was sent.
        assertUnknown(() -> execute(handle, INSERT));
        execute(handle, INSERT);
      }
      assertThat(notes()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Faults.End.class,
      names = {"LOST", "EXPIRED"})
  void resultThatCannotBeFetchedIsNoEndOfResults(Faults.End end) throws SQLException {
    try (Connection handle = source.getConnection();
        Statement statement = handle.createStatement()) {
      assertThat(statement.execute("select 1; select 2; select 3")).isTrue();
      assertThat(statement.getMoreResults()).isTrue();
      if (end == Faults.End.LOST) {
        emulator.loseAllSessions();
      } else {
        emulator.expireMasterTokens();
      }
      SQLException failed = failure(statement::getMoreResults);
      assertThat(failed.getSQLState()).as(failed.getMessage()).isEqualTo("40003");
    }
  }

  @Test
  void resultsOfATextEndWithTheLastAsTheDriverTellsThem() throws SQLException {
    String text = "select 1; " + INSERT + "; select 2;";
    try (Connection bare = bare();
        Connection handle = source.getConnection()) {
      execute(bare, "alter session set MULTI_STATEMENT_COUNT = 0");
      assertThat(results(handle, text)).isEqualTo(results(bare, text)).hasSizeGreaterThan(2);
    }
  }

  /** What is told of each result, and twice of the end. */
  private static List<String> results(Connection connection, String text) throws SQLException {
    List<String> told = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(text);
      int ends = 0;
      while (ends < 2) {
        told.add(rows + " " + statement.getUpdateCount());
        ends += !rows && statement.getUpdateCount() == -1 ? 1 : 0;
        rows = statement.getMoreResults();
      }
    }
    return told;
  }

  @Test
  void handleWhoseRestingSessionIsGoneIsNotValid() throws SQLException {
    try (Connection handle = source.getConnection()) {
      ask(handle, "select 1");
      assertThat(handle.isValid(5)).isTrue();
      emulator.loseAllSessions();
      assertThat(handle.isValid(5)).isFalse();
      assertThat(ask(handle, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void sessionWhoseTokenExpiredIsLoggedOutAllTheSame() throws SQLException {
    try (Connection handle = source.getConnection()) {
      ask(handle, "select 1");
    }
    emulator.expireSessionTokens();
    source.close();
    assertThat(emulator.counters().live()).isZero();
    assertThat(emulator.counters().closed()).isOne();
  }

  @Test
  void logoutThatDidNotHappenIsCounted() throws SQLException {
    try (PercredDataSource other = new PercredDataSource()) {
      other.setUrl(emulator.percredUrl() + "&percred.sessions.idle-timeout=0");
      try (Connection handle = other.getConnection()) {
        ask(handle, "select 1");
        emulator.expireSessionTokens();
        emulator.faults().status(Endpoint.RENEWAL, 403, 1);
        handle.endRequest();
        assertThat(handle.unwrap(SessionSnapshot.class).failedCloses()).isOne();
      }
    }
    emulator.faults().clear();
    emulator.loseAllSessions();
  }

  @Test
  void lastQueryIdIsThatOfTheConnectionsOwnOrLost() throws SQLException {
    try (PercredDataSource one = new PercredDataSource()) {
      one.setUrl(emulator.percredUrl() + "&percred.sessions.max-per-caller=1");
      try (Connection first = one.getConnection();
          Connection second = one.getConnection()) {
        ask(first, "select 'first'");
        String own = ask(first, "select last_query_id()");
        assertThat(own).isEqualTo(idOf("select 'first'"));
        ask(second, "select 'second'");
        assertThat(ask(second, "select last_query_id()")).isEqualTo(idOf("select 'second'"));
        SQLException lost = failure(() -> ask(first, "select last_query_id()"));
        assertThat(Percred.codeOf(lost)).isEqualTo("PERCRED-307");
      }
    }
  }

  @Test
  void queryIsTaggedAndItsIdReadWithoutALogin() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Connection handle = source.getConnection();
          Statement statement = handle.createStatement()) {
        Class<?> statements = interfaceOf(statement, "statement.SnowflakeStatement");
        Object view = statement.unwrap(statements);
        statements
            .getMethod("setParameter", String.class, Object.class)
            .invoke(view, "QUERY_TAG", "request " + i);
        try (ResultSet rows = statement.executeQuery("select 'tagged " + i + "'")) {
          String id = idOf("select 'tagged " + i + "'");
          assertThat(statements.getMethod("getQueryID").invoke(view)).isEqualTo(id);
          Class<?> results = interfaceOf(rows, "resultset.SnowflakeResultSet");
          Method getQueryId = results.getMethod("getQueryID");
          assertThat(getQueryId.invoke(rows.unwrap(results))).isEqualTo(id);
          assertThat(((ResultSet) rows.unwrap(results)).getStatement()).isSameAs(statement);
        }
        assertThat(tagOf("select 'tagged " + i + "'")).isEqualTo("request " + i);
        assertThat(((Statement) view).getConnection()).isSameAs(handle);
      }
    }
    assertThat(emulator.counters().opened()).isOne();
    assertThat(emulator.counters().requests(Endpoint.QUERY)).isEqualTo(3);
  }

  @Test
  void freshHandleTellsWhereItIsAsTheDriverDoes() throws SQLException {
    emulator.run("ATTACH ':memory:' AS ARCHIVE");
    emulator.run("CREATE SCHEMA ARCHIVE.PUBLIC");
    emulator.run("CREATE TABLE ARCHIVE.PUBLIC.NOTE (TEXT VARCHAR)");
    try (Connection bare = bare();
        Connection asked = source.getConnection();
        Connection told = source.getConnection();
        Connection browsed = source.getConnection()) {
      assertThat(asked.getCatalog()).isEqualTo(bare.getCatalog()).isEqualTo("DEMO");
      assertThat(told.getSchema()).isEqualTo(bare.getSchema()).isEqualTo("PUBLIC");
      assertThat(tables(browsed, browsed.getCatalog())).isEqualTo(tables(bare, bare.getCatalog()));
      assertThat(tables(asked, null)).isEqualTo(tables(bare, null));
    }
  }

  private static List<String> tables(Connection connection, @Nullable String catalog)
      throws SQLException {
    List<String> found = new ArrayList<>();
    try (ResultSet rows = connection.getMetaData().getTables(catalog, null, "NOTE", null)) {
      while (rows.next()) {
        found.add(rows.getString("TABLE_CAT") + '.' + rows.getString("TABLE_SCHEM"));
      }
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "390101, PERCRED-355, 28000",
    "390102, PERCRED-355, 28000",
    "390422, PERCRED-355, 28000",
    "390432, PERCRED-355, 28000",
    "390913, PERCRED-355, 28000",
    "394401, PERCRED-355, 28000",
    "399999, PERCRED-355, 28000",
    "390303, PERCRED-355, 28000",
    "390186, PERCRED-360, 28000",
    "390189, PERCRED-360, 28000",
    "390201, PERCRED-360, 28000",
    "000603, PERCRED-356, 58000"
  })
  void loginThatSnowflakeAnsweredIsNoOutage(String code, String percredCode, String sqlState)
      throws SQLException {
    emulator.faults().refuseLogins(1, code, "as the test says");
    try (Connection handle = source.getConnection()) {
      SQLException refused = failure(() -> ask(handle, "select 1"));
      assertThat(Percred.codeOf(refused)).isEqualTo(percredCode);
      assertThat(refused.getSQLState()).isEqualTo(sqlState);
    }
  }

  private static Class<?> interfaceOf(Wrapper handle, String name) throws Exception {
    String old = "net.snowflake.client.jdbc." + name.substring(name.indexOf('.') + 1);
    for (String each : List.of("net.snowflake.client.api." + name, old)) {
      try {
        Class<?> found = Class.forName(each);
        assertThat(handle.isWrapperFor(found)).isTrue();
        return found;
      } catch (ClassNotFoundException e) {
        // The other version of the driver has it.
      }
    }
    throw new AssertionError("The driver has no " + name);
  }

  private String idOf(String sql) {
    return query(sql).queryId();
  }

  private String tagOf(String sql) {
    return query(sql).tag();
  }

  private AccessLog.Query query(String sql) {
    return emulator.accessLog().queries().stream()
        .filter(each -> each.sql().toLowerCase(Locale.ROOT).equals(sql))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private Connection bare() throws SQLException {
    Properties properties = emulator.driverProperties(alice().token());
    properties.setProperty("db", "DEMO");
    properties.setProperty("schema", "PUBLIC");
    return DriverManager.getConnection(emulator.jdbcUrl(), properties);
  }

  private int notes() throws SQLException {
    try (Connection bare = bare()) {
      return Integer.parseInt(ask(bare, "select count(*) from demo.public.note"));
    }
  }

  private static void assertUnknown(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("40003");
              assertThat(Percred.codeOf(e)).isEqualTo("PERCRED-312");
            });
  }

  private static SQLException failure(ThrowingCallable work) {
    try {
      work.call();
    } catch (SQLException e) {
      return e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("It did not fail");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
