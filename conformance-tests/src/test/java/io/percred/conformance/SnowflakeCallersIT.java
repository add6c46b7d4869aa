package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.session.SessionSnapshot;
import io.percred.snowflake.emulator.AccessLog;
import io.percred.snowflake.emulator.Counters;
import io.percred.snowflake.emulator.Endpoint;
import io.percred.snowflake.emulator.Faults;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import io.percred.snowflake.emulator.TokenIssuer;
import io.percred.spi.Credential;
import io.percred.spi.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The real driver and the emulator, through percred's own DataSource and HikariCP. */
@Tag("snowflake")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("try") // scopes act by being open
class SnowflakeCallersIT {
  private static final String WHO = "select current_user() || '/' || current_role()";
  private static SnowflakeEmulator emulator;
  private final List<AutoCloseable> closing = new ArrayList<>();
  private Credential alice;
  private Credential bob;
  private Counters before;

  @BeforeAll
  static void start() throws Exception {
    emulator =
        SnowflakeEmulator.builder()
            .user("alice", "ANALYST_EU", "ADMIN")
            .user("bob", "ANALYST_US")
            .user("service", "PUBLIC")
            .password("service", "swordfish")
            .programmaticAccessToken(
                "pat-of-bob", "bob", "ANALYST_US", Clock.systemUTC().instant().plusSeconds(3600))
            .start();
    emulator.run(
        """
        CREATE TABLE DEMO.PUBLIC.CUSTOMERS AS SELECT * FROM (VALUES
          (1::DECIMAL(38, 0), 'ada@example.eu', 'EU'),
          (2, 'blaise@example.eu', 'EU'),
          (3, 'grace@example.com', 'US')) AS t(ID, EMAIL, REGION)""");
    emulator.run("CREATE TABLE DEMO.PUBLIC.NOTE (TEXT VARCHAR)");
    emulator.run("CREATE SCHEMA DEMO.REPORTS");
    emulator.run("ATTACH ':memory:' AS ARCHIVE");
    emulator.run("CREATE SCHEMA ARCHIVE.PUBLIC");
    emulator.run("CREATE SCHEMA ARCHIVE.REPORTS");
    emulator.rowAccess("DEMO.PUBLIC.CUSTOMERS", "current_role() = 'ANALYST_' || REGION");
    emulator.mask(
        "DEMO.PUBLIC.CUSTOMERS",
        "EMAIL",
        "CASE WHEN current_role() = 'ANALYST_US' THEN EMAIL ELSE '*****' END");
  }

  @AfterAll
  static void stop() {
    emulator.close();
  }

  @BeforeEach
  void tokens() {
    alice = Credential.of(token("alice", "ANALYST_EU"), "alice");
    bob = Credential.of(token("bob", "ANALYST_US"), "bob");
    before = emulator.counters();
    emulator.accessLog().clear();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    for (int i = closing.size() - 1; i >= 0; i--) {
      closing.get(i).close();
    }
    emulator.faults().clear();
    Counters end = emulator.counters();
    assertThat(end.live()).as(end.toString()).isZero();
    assertThat(end.opened()).isEqualTo(end.closed() + end.lost());
  }

  @Test
  void oneHikariPoolServesEachCallerAsHimself() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    for (int i = 0; i < 3; i++) {
      assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
      assertThat(queryAs(bob, pool, WHO)).isEqualTo("BOB/ANALYST_US");
    }
    String customers = "select count(*) || ' ' || min(email) from demo.public.customers";
    assertThat(queryAs(alice, pool, customers)).isEqualTo("2 *****");
    assertThat(queryAs(bob, pool, customers)).isEqualTo("1 grace@example.com");

    assertThat(since().opened()).isEqualTo(2);
    assertThat(emulator.accessLog().queries())
        .hasSize(8)
        .extracting(AccessLog.Query::user)
        .containsOnly("ALICE", "BOB");
    assertThat(emulator.accessLog().logins())
        .extracting(AccessLog.Login::user)
        .containsExactly("ALICE", "BOB");
  }

  @Test
  void inSteadyStateAQueryIsOneRequest() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    queryAs(alice, pool, WHO);
    Counters warm = emulator.counters();
    for (int i = 0; i < 10; i++) {
      queryAs(alice, pool, WHO);
    }
    assertThat(emulator.counters().since(warm).totalRequests()).isEqualTo(10);
  }

  @Test
  void withoutACallerNothingIsSent() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.isValid(1)).isTrue();
      assertDenied(() -> query(connection, WHO), "PERCRED-101");
    }
    assertThat(since().totalRequests()).isZero();
  }

  @Test
  void onMissingAnonymousIsRefusedWhileConnecting() {
    PercredDataSource source = dataSource("percred.on-missing=anonymous");
    assertThatThrownBy(source::getConnection)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(Percred.codeOf(e)).as(e.toString()).isEqualTo("PERCRED-311");
              assertThat(e.getSQLState()).isEqualTo("22023");
            });
    assertThat(since().totalRequests()).isZero();
  }

  @Test
  void onMissingSharedUsesSessionsOfItsOwn() throws SQLException {
    PercredDataSource source = dataSource("percred.on-missing=shared", "user=service");
    source.setPassword("swordfish");
    HikariDataSource pool = hikari(source);
    try (CallerScope scope = CallerContext.open(alice);
        Connection connection = pool.getConnection()) {
      execute(connection, "set secret = 'of alice'");
      assertThat(query(connection, "select $secret")).isEqualTo("of alice");
      execute(connection, "create temporary table mine (a int)");
      assertThat(query(connection, "select count(*) from mine")).isEqualTo("0");
    }
    assertThat(query(pool, WHO)).isEqualTo("SERVICE/PUBLIC");
    // An emulator may take an unknown variable for null; Snowflake refuses it.
    assertThat(outcome(pool, "select $secret")).isNotEqualTo("of alice");
    assertThatThrownBy(() -> query(pool, "select * from mine")).isInstanceOf(SQLException.class);
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
  }

  @Test
  void aSessionThatItsCallerChangedIsNotReused() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    try (CallerScope scope =
            CallerContext.open(
                Credential.of(
                    emulator
                        .tokens()
                        .tokenWithScope(
                            "alice",
                            "session:role-any",
                            Clock.systemUTC().instant().plusSeconds(600)),
                    "alice"));
        Connection connection = pool.getConnection()) {
      execute(connection, "use role admin");
      assertThat(query(connection, "select current_role()")).isEqualTo("ADMIN");
    }
    assertThat(emulator.counters().live()).isZero();
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
  }

  @Test
  void aCatalogOfOneHandleTakesTheSchemaFromNoOther() throws SQLException {
    PercredDataSource source = dataSource("db=DEMO", "schema=REPORTS");
    String where = "select current_database() || '.' || current_schema()";
    try (CallerScope scope = CallerContext.open(alice)) {
      try (Connection connection = source.getConnection()) {
        connection.setCatalog("ARCHIVE");
        assertThat(query(connection, where)).isEqualTo("ARCHIVE.PUBLIC");
        connection.setSchema("REPORTS");
        assertThat(query(connection, where)).isEqualTo("ARCHIVE.REPORTS");
        connection.setCatalog("DEMO");
        assertThat(query(connection, where)).isEqualTo("DEMO.REPORTS");
        connection.setCatalog("ARCHIVE");
        assertThat(query(connection, where)).isEqualTo("ARCHIVE.REPORTS");
      }
      assertThat(query(source, where)).isEqualTo("DEMO.REPORTS");
    }
    assertThat(since().opened()).isOne();
  }

  @Test
  void aForgedTokenNeverReachesTheSessionOfItsSubject() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    Credential genuine = Credential.of(token("alice", "ANALYST_EU"));
    queryAs(genuine, pool, WHO);
    TokenIssuer forger =
        new TokenIssuer(
            emulator.tokens().issuer(), emulator.tokens().audience(), Clock.systemUTC());
    Credential forged = Credential.of(forger.token("alice", "ANALYST_EU", Duration.ofHours(1)));
    emulator.accessLog().clear();

    assertDenied(() -> queryAs(forged, pool, WHO), "PERCRED-355");
    assertThat(emulator.accessLog().queries()).isEmpty();
    assertThat(queryAs(genuine, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
    assertThat(since().opened()).isOne();
  }

  @Test
  void anExpiredOrRevokedTokenIsDeniedInOneRequest() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    Credential expired =
        Credential.of(
            emulator.tokens().token("alice", "ANALYST_EU", Duration.ofSeconds(-5)), "alice");
    assertDenied(() -> queryAs(expired, pool, WHO), "PERCRED-355");
    assertThat(since().totalRequests()).isOne();
    emulator.revoke(bob.token());
    assertDenied(() -> queryAs(bob, pool, WHO), "PERCRED-355");
    assertThat(since().totalRequests()).isEqualTo(2);
  }

  @Test
  void withAVerifierARevokedTokenIsRefusedAlthoughItsSessionIsOpen() throws SQLException {
    List<String> revoked = new ArrayList<>();
    PercredDataSource source = dataSource();
    source.setCredentialVerifier(
        (credential, target) ->
            revoked.contains(credential.token())
                ? new Verdict.Denied("test", "revoked")
                : new Verdict.Accepted(credential));
    HikariDataSource pool = hikari(source);
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
    Counters warm = emulator.counters();
    revoked.add(alice.token());
    assertDenied(() -> queryAs(alice, pool, WHO), "PERCRED-111");
    assertThat(emulator.counters().since(warm).totalRequests()).isZero();
    assertThat(emulator.counters().live()).isOne();
    assertThat(queryAs(bob, pool, WHO)).isEqualTo("BOB/ANALYST_US");
  }

  @Test
  void aHangingLoginEndsAtTheDeadlineAndLeavesNoSession() throws Exception {
    HikariDataSource pool = hikari(dataSource("percred.sessions.open-timeout=1s"));
    try (Faults.Hold hold = emulator.faults().hold(Endpoint.LOGIN)) {
      long start = System.nanoTime();
      assertThatThrownBy(() -> queryAs(alice, pool, WHO))
          .satisfies(e -> assertThat(Percred.codeOf(e)).isEqualTo("PERCRED-301"));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      assertThat(hold.awaitArrival(Duration.ofSeconds(5))).isTrue();
    }
    SessionSnapshot seen = snapshot(pool);
    while (seen.opening() + seen.closing() > 0) {
      Thread.onSpinWait();
      seen = snapshot(pool);
    }
    assertThat(seen.lateArrivals()).as(seen.toString()).isOne();
    assertThat(seen.live()).isZero();
    assertThat(emulator.counters().live()).isZero();
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
  }

  @Test
  void aFailedCloseIsCounted() throws SQLException {
    HikariDataSource pool = hikari(dataSource("percred.sessions.idle-timeout=0"));
    emulator.faults().status(Endpoint.CLOSE, 403, 1);
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
    SessionSnapshot seen = snapshot(pool);
    assertThat(seen.failedCloses()).as(seen.toString()).isOne();
    assertThat(seen.live()).isZero();
    emulator.faults().clear();
    emulator.loseAllSessions();
  }

  @Test
  void idleTimeoutZeroOpensOneSessionPerRequestAndClosesItInEveryOutcome() throws SQLException {
    HikariDataSource pool = hikari(dataSource("percred.sessions.idle-timeout=0"));
    for (int i = 1; i <= 3; i++) {
      queryAs(alice, pool, WHO);
      assertThat(emulator.counters().live()).isZero();
      assertThat(since().opened()).isEqualTo(i);
    }
    assertThatThrownBy(() -> queryAs(alice, pool, "select nothing from nowhere"))
        .isInstanceOf(SQLException.class);
    assertThat(emulator.counters().live()).isZero();
    try (CallerScope scope = CallerContext.open(alice);
        Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      execute(connection, "insert into demo.public.note values ('lost')");
    }
    assertThat(emulator.counters().live()).isZero();
    assertThat(queryAs(alice, pool, "select count(*) from demo.public.note")).isEqualTo("0");
  }

  @Test
  void aLostSessionIsReplacedUnlessATransactionIsOpen() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    try (CallerScope scope = CallerContext.open(alice);
        Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("select current_user() || cast(? as varchar)")) {
      statement.setString(1, "!");
      assertThat(only(statement)).isEqualTo("ALICE!");
      emulator.loseAllSessions();
      assertThat(only(statement)).isEqualTo("ALICE!");
      connection.setAutoCommit(false);
      execute(connection, "insert into demo.public.note values ('lost')");
      emulator.loseAllSessions();
      assertThatThrownBy(() -> query(connection, WHO))
          .satisfies(e -> assertThat(Percred.codeOf(e)).isEqualTo("PERCRED-307"));
      connection.rollback();
      assertThat(query(connection, WHO)).isEqualTo("ALICE/ANALYST_EU");
    }
    emulator.expireMasterTokens();
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
  }

  @Test
  void transactionsCommitAndRollBackAsTheirCaller() throws SQLException {
    HikariDataSource pool = hikari(dataSource());
    try (CallerScope scope = CallerContext.open(alice);
        Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      execute(connection, "insert into demo.public.note values ('one')");
      connection.rollback();
      execute(connection, "insert into demo.public.note values ('two')");
      connection.commit();
    }
    assertThat(queryAs(bob, pool, "select min(text) from demo.public.note")).isEqualTo("two");
    emulator.run("DELETE FROM DEMO.PUBLIC.NOTE");
  }

  @Test
  void aProgrammaticAccessTokenLogsInAsItsUser() throws SQLException {
    HikariDataSource pool = hikari(dataSource("authenticator=programmatic_access_token"));
    assertThat(queryAs(Credential.of("pat-of-bob"), pool, WHO)).isEqualTo("BOB/ANALYST_US");
    assertDenied(() -> queryAs(Credential.of("no such pat"), pool, WHO), "PERCRED-355");
  }

  @Test
  void verifyUserRefusesASessionOfSomebodyElse() throws SQLException {
    HikariDataSource pool = hikari(dataSource("percred.snowflake.verify-user=true"));
    assertThat(queryAs(alice, pool, WHO)).isEqualTo("ALICE/ANALYST_EU");
    Credential mistaken = Credential.of(bob.token(), "carol");
    assertDenied(() -> queryAs(mistaken, pool, WHO), "PERCRED-357");
    assertDenied(() -> queryAs(Credential.of(bob.token()), pool, WHO), "PERCRED-358");
    assertThat(emulator.counters().live()).isOne();
  }

  @Test
  @ExtendWith(TrustedUrls.class)
  void verifyUserTakesTheClaimThatAVerifierVouchedFor() throws SQLException {
    String jwks = "http://127.0.0.1:" + emulator.port() + "/issuer/jwks";
    String[] verified = {
      "percred.snowflake.verify-user=true", "percred.verifier=jwt", "percred.jwt.jwks=" + jwks
    };
    HikariDataSource pool = hikari(dataSource(verified));
    assertThat(queryAs(Credential.of(alice.token()), pool, WHO)).isEqualTo("ALICE/ANALYST_EU");

    String[] byIssuer = Arrays.copyOf(verified, verified.length + 1);
    byIssuer[verified.length] = "percred.snowflake.user-claim=iss";
    HikariDataSource mistaken = hikari(dataSource(byIssuer));
    assertDenied(() -> queryAs(Credential.of(alice.token()), mistaken, WHO), "PERCRED-357");
  }

  @Test
  void metadataIsTheVendorsAndLeadsBackToTheHandle() throws SQLException {
    PercredDataSource source = dataSource();
    try (CallerScope scope = CallerContext.open(alice);
        Connection connection = source.getConnection()) {
      assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("Snowflake");
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      try (ResultSet tables =
          connection.getMetaData().getTables("DEMO", "PUBLIC", "NOTE", new String[] {"TABLE"})) {
        assertThat(tables.next()).isTrue();
      }
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(WHO)) {
        assertThat(rows.getStatement()).isSameAs(statement);
        assertThat(statement.getConnection()).isSameAs(connection);
      }
    }
  }

  private static String token(String user, String role) {
    return emulator.tokens().token(user, role, Duration.ofHours(1));
  }

  private PercredDataSource dataSource(String... parameters) {
    PercredDataSource source = new PercredDataSource();
    String own = parameters.length == 0 ? "" : "&" + String.join("&", parameters);
    source.setUrl(emulator.percredUrl() + own);
    closing.add(source);
    return source;
  }

  private HikariDataSource hikari(DataSource source) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(4);
    HikariDataSource pool = new HikariDataSource(config);
    closing.add(pool);
    return pool;
  }

  private Counters since() {
    return emulator.counters().since(before);
  }

  private static SessionSnapshot snapshot(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return connection.unwrap(SessionSnapshot.class);
    }
  }

  private static String queryAs(Credential caller, DataSource source, String sql)
      throws SQLException {
    try (CallerScope scope = CallerContext.open(caller)) {
      return query(source, sql);
    }
  }

  private static String query(DataSource source, String sql) throws SQLException {
    try (Connection connection = source.getConnection()) {
      return query(connection, sql);
    }
  }

  private static String query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static @Nullable String outcome(DataSource source, String sql) {
    try {
      return query(source, sql);
    } catch (SQLException e) {
      return e.toString();
    }
  }

  private static String only(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertDenied(ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SQLInvalidAuthorizationSpecException.class,
            e -> {
              assertThat(Percred.codeOf(e)).as(e.toString()).isEqualTo(code);
              assertThat(e.getSQLState()).isEqualTo("28000");
            });
  }
}
