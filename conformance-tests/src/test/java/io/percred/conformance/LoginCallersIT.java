package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.runtime.ChosenInCode;
import io.percred.session.SessionSnapshot;
import io.percred.spi.Credential;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who logs in, who does not, and what becomes of their sessions. */
@Timeout(120)
class LoginCallersIT extends LoginIT {
  private static final Credential ALICE_LOGIN = caller("login_alice");
  private static final Credential BOB_LOGIN = caller("login_bob");

  @Test
  void eachCallersStatementsRunAsItsOwnRole() throws Exception {
    Connection handle = handle();
    for (Credential caller : List.of(ALICE_LOGIN, BOB_LOGIN, ALICE_LOGIN)) {
      assertThat(as(caller, () -> ask(handle, CURRENT_USER))).isEqualTo(caller.principal());
      assertThat(as(caller, () -> ask(handle, "select session_user")))
          .isEqualTo(caller.principal());
    }
    assertThat(snapshot(handle).opened()).isEqualTo(2);
    assertThat(sessions()).isEqualTo(2);
  }

  @Test
  void superuserIsWarnedOfOncePerConfiguration() throws Exception {
    Logger logger = Logger.getLogger("io.percred.postgres.login.PostgresSessions");
    Warnings warnings = new Warnings();
    logger.addHandler(warnings);
    server.execute("postgres", "alter role login_alice superuser");
    try {
      Connection handle = handle();
      as(BOB_LOGIN, () -> ask(handle, CURRENT_USER));
      assertThat(warnings.more()).isEmpty();
      as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER));
      assertThat(warnings.next()).contains("\"login_alice\"", "is a superuser", "Remedy: ");
    } finally {
      server.execute("postgres", "alter role login_alice nosuperuser");
      logger.removeHandler(warnings);
    }
  }

  @Test
  void urlsUserIsThatOfEveryCallerWithoutAClaim() throws Exception {
    String url =
        "jdbc:percred:"
            + vendorUrl().substring("jdbc:".length())
            + "?percred.mode=login&sslmode=require&user=login_alice";
    Connection handle = handle(new Properties(), ChosenInCode.NOTHING, url);
    Credential alice = Credential.of(tokenOf("login_alice"));

    assertThat(as(alice, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    assertCode(
        "PERCRED-230",
        "28000",
        () -> as(Credential.of(tokenOf("login_bob")), () -> ask(handle, CURRENT_USER)));
  }

  @Test
  void withoutACallerNothingIsOpened() throws Exception {
    Connection handle = handle();
    assertThat(handle.isValid(5)).isTrue();
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    assertCode("PERCRED-101", "28000", () -> ask(handle, CURRENT_USER));
    assertCode("PERCRED-101", "28000", () -> handle.prepareStatement(CURRENT_USER));
    assertThat(snapshot(handle).opened()).isZero();
    assertThat(sessions()).isZero();
  }

  @Test
  void claimsThatNobodyVouchedForNameNoRole() throws Exception {
    Connection handle = handle();
    Credential unclaimed = Credential.of(tokenOf("login_alice"), "login_alice");

    assertCode("PERCRED-234", "28000", () -> as(unclaimed, () -> ask(handle, CURRENT_USER)));
    assertThat(snapshot(handle).failedOpens()).isZero();
  }

  @Test
  void oneTokenInTwoRolesHasSessionsOfItsOwnInEach() throws Exception {
    String token = tokenOf("login_alice");
    database.asSuperuser("alter role login_bob password '" + token + "'");
    Connection handle = handle();
    Credential alice = Credential.of(token, "one principal");
    for (String role : List.of("login_alice", "login_bob")) {
      Credential caller = alice.withClaims(Map.of("db.role", role));
      assertThat(as(caller, () -> ask(handle, CURRENT_USER))).isEqualTo(role);
      handle.endRequest();
    }
  }

  @Test
  void wrongTokenIsDeniedInOneAttempt() throws Exception {
    Connection handle = handle();
    Credential wrong = callerWith("not-the-token", "login_alice");

    SQLException denied =
        assertCode("PERCRED-230", "28000", () -> as(wrong, () -> ask(handle, CURRENT_USER)));
    assertThat(denied.getMessage()).contains("28P01").doesNotContain("not-the-token");
    assertThat(snapshot(handle).failedOpens()).isOne();
    assertThat(as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
  }

  @Test
  void revocationStopsNewSessionsAtOnceAndOldOnesByTheirLifetime() throws Exception {
    Connection handle =
        handle("percred.sessions.max-lifetime=5m", "percred.sessions.idle-timeout=1h");
    Connection another =
        handle("percred.sessions.max-lifetime=5m", "percred.sessions.idle-timeout=1h");
    String backend = as(ALICE_LOGIN, () -> ask(handle, BACKEND));
    as(
        ALICE_LOGIN,
        () -> {
          handle.setAutoCommit(false);
          ask(handle, BACKEND);
          database.asSuperuser("alter role login_alice password 'revoked'");
          assertCode("PERCRED-230", "28000", () -> ask(another, CURRENT_USER));
          handle.commit();
          handle.setAutoCommit(true);
        });
    clock.advance(Duration.ofMinutes(4));
    assertThat(as(ALICE_LOGIN, () -> ask(handle, BACKEND))).isEqualTo(backend);

    clock.advance(Duration.ofMinutes(1));
    assertCode("PERCRED-230", "28000", () -> as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER)));
    awaitSessions(0);
  }

  @Test
  void sessionEndsBeforeItsToken() throws Exception {
    Connection handle = handle("percred.token.skew=30s");
    Credential expiring = ALICE_LOGIN.withExpiry(clock.instant().plusSeconds(120));
    String backend = as(expiring, () -> ask(handle, BACKEND));
    clock.advance(Duration.ofSeconds(91));

    assertThat(as(ALICE_LOGIN, () -> ask(handle, BACKEND))).isNotEqualTo(backend);
  }

  @Test
  void rejectedTokenThatItsSupplierCanRenewIsRenewedOnce() throws Exception {
    Keeper keeper = new Keeper("login_alice", tokenOf("login_alice"), "wrong", "renewed");
    Connection handle =
        handle(
            new Properties(),
            new ChosenInCode(keeper, null, null),
            loginUrl("percred.sessions.idle-timeout=0"));
    assertThat(ask(handle, CURRENT_USER)).isEqualTo("login_alice");
    handle.endRequest();
    database.asSuperuser("alter role login_alice password 'renewed'");

    assertCode("PERCRED-230", "28000", () -> ask(handle, CURRENT_USER));
    assertThat(snapshot(handle).failedOpens()).as("the old one and its successor").isEqualTo(2);
    assertThat(keeper.fetched).isEqualTo(2);

    assertThat(ask(handle, CURRENT_USER)).isEqualTo("login_alice");
    assertThat(snapshot(handle).failedOpens()).isEqualTo(3);
  }

  @Test
  void serverThatAsksForNoPasswordHasNotSeenTheToken() throws Exception {
    assumeTrue(server.superuser().password().isEmpty(), "the superuser needs a password here");
    Credential root = callerWith("whatever", server.superuser().user());
    Connection handle = handle();
    assertCode("PERCRED-231", "58000", () -> as(root, () -> ask(handle, CURRENT_USER)));
  }

  @Test
  void outerPoolOfManyHandlesNeverOpensMoreThanItsSessions() throws Exception {
    PercredDataSource source =
        dataSource("percred.sessions.max=3", "percred.sessions.max-per-caller=2");
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(12);
    config.setMinimumIdle(12);
    AtomicInteger most = new AtomicInteger();
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertThat(sessions()).as("the pool's own start opens none").isZero();
      ExecutorService threads = Executors.newFixedThreadPool(9);
      try {
        List<Callable<Boolean>> visits = new ArrayList<>();
        for (int i = 0; i < 180; i++) {
          Credential caller = caller(ROLES.get(i % ROLES.size()));
          visits.add(() -> as(caller, () -> visit(pool, caller.principal(), most)));
        }
        for (Future<Boolean> visit : threads.invokeAll(visits)) {
          assertThat(visit.get(60, TimeUnit.SECONDS)).isTrue();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(most.get()).isBetween(1, 3);
      try (Connection connection = pool.getConnection()) {
        SessionSnapshot now = connection.unwrap(SessionSnapshot.class);
        assertThat(now.opened()).as(now.toString()).isEqualTo(now.closed() + now.live());
        assertThat(now.live()).isLessThanOrEqualTo(3);
        assertThat(now.failedCloses()).isZero();
      }
    }
    source.close();
    awaitSessions(0);
  }

  private boolean visit(HikariDataSource pool, String role, AtomicInteger most)
      throws SQLException {
    try (Connection connection = pool.getConnection()) {
      String seen =
          ask(
              connection,
              "select current_user || ' ' || (select count(*) from pg_stat_activity where"
                  + " usename::text like 'login\\_%')");
      most.accumulateAndGet(Integer.parseInt(seen.substring(seen.indexOf(' ') + 1)), Math::max);
      return seen.startsWith(role + " ");
    }
  }

  @Test
  void sharedLoginHasSessionsOfItsOwn() throws Exception {
    Connection handle =
        handle(staticLogin(), ChosenInCode.NOTHING, loginUrl("percred.on-missing=shared"));

    assertThat(ask(handle, CURRENT_USER)).isEqualTo("app");
    assertThat(as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER))).isEqualTo("login_alice");
    assertThat(ask(handle, CURRENT_USER)).isEqualTo("app");
    assertThat(snapshot(handle).opened()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sslmode=prefer", "sslmode=allow", "sslmode=disable", "sslNegotiation=direct"})
  void tokenIsNotSentWithoutTls(String parameter) {
    String url =
        "jdbc:percred:"
            + vendorUrl().substring("jdbc:".length())
            + "?percred.mode=login&user=login_alice&"
            + parameter;
    assertCode("PERCRED-232", "22023", () -> handle(new Properties(), ChosenInCode.NOTHING, url));
  }

  @Test
  void loginIsEncryptedAndTheServerKnown() throws Exception {
    assumeTrue(server.certificateAuthority() != null, "the rig does not know the server's CA");
    String encrypted = "select ssl::text from pg_stat_ssl where pid = pg_backend_pid()";
    String url =
        "jdbc:percred:"
            + vendorUrl().substring("jdbc:".length())
            + "?percred.mode=login&user=login_alice&sslmode=verify-full&"
            + rootCertificate();
    Properties trusted = new Properties();
    trusted.setProperty("percred.url.trusted", "true");
    Connection handle = handle(trusted, ChosenInCode.NOTHING, url);
    assertThat(as(ALICE_LOGIN, () -> ask(handle, encrypted))).isEqualTo("true");

    Connection plain =
        handle(
            trusted,
            ChosenInCode.NOTHING,
            "jdbc:percred:"
                + vendorUrl().substring("jdbc:".length())
                + "?percred.mode=login&user=login_alice&sslmode=disable"
                + "&percred.login.allow-plaintext=true");
    assertThat(as(ALICE_LOGIN, () -> ask(plain, encrypted))).isEqualTo("false");
  }

  @Test
  void serverThatIsDownIsAnotherErrorThanADeniedToken() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Connection handle =
        handle(
            new Properties(),
            ChosenInCode.NOTHING,
            loginUrlOf("jdbc:postgresql://localhost:" + port + "/x"));
    SQLException down =
        assertCode("PERCRED-231", "58000", () -> as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER)));
    assertThat(down.getMessage()).contains("08001");
  }

  @Test
  void loginThatHangsEndsAtTheDeadlineAndLeavesNothing() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Connection handle =
          handle(
              new Properties(),
              ChosenInCode.NOTHING,
              loginUrlOf(
                  "jdbc:postgresql://localhost:" + silent.getLocalPort() + "/x",
                  "percred.sessions.open-timeout=1s"));
      long start = System.nanoTime();
      SQLException late = failure(() -> as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER)));
      assertThat(late.getSQLState()).isEqualTo("58000");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(snapshot(handle).live()).isZero();
    }
  }

  @Test
  void justInTimeAccessIsAskedForBesideTheUsersOwnOptions() throws Exception {
    Connection plain = handle("options=-c%20statement_timeout%3D31s");
    assertThat(as(ALICE_LOGIN, () -> ask(plain, "show jit"))).isEqualTo("off");

    Connection handle = handle("options=-c%20statement_timeout%3D31s", "percred.login.jit=true");
    assertThat(as(ALICE_LOGIN, () -> ask(handle, "show jit"))).isEqualTo("on");
    assertThat(as(ALICE_LOGIN, () -> ask(handle, "show statement_timeout"))).isEqualTo("31s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "percred.setting=app.api_token",
        "percred.prefix=Bearer",
        "percred.delivery=bind",
      })
  void propertyOfAnotherModeIsAnError(String parameter) {
    assertCode("PERCRED-235", "22023", () -> handle(parameter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"percred.login.jit=true", "percred.sessions.max=3"})
  void propertyOfLoginsIsAnErrorElsewhere(String parameter) {
    assertCode("PERCRED-235", "22023", () -> connect(parameter));
  }

  @Test
  void sharedLoginIsNotThatOfTheProcess() {
    assertCode("PERCRED-233", "22023", () -> handle("percred.on-missing=shared"));
  }

  @Test
  void nobodyCanLogInAsNobody() {
    assertCode("PERCRED-311", "22023", () -> handle("percred.on-missing=anonymous"));
  }

  @Test
  void unknownPropertyIsAnError() {
    assertCode("PERCRED-001", "22023", () -> handle("percred.login.user-clam=x"));
  }

  @Test
  void tokensAreNotInTheServersLog() throws Exception {
    assumeTrue(server.log() != null, "the rig has no access to the server's log");
    Connection handle = handle();
    as(ALICE_LOGIN, () -> ask(handle, CURRENT_USER));
    assertCode(
        "PERCRED-230",
        "28000",
        () -> as(callerWith(tokenOf("login_bob"), "login_carol"), () -> ask(handle, BACKEND)));

    String log = Files.readString(Objects.requireNonNull(server.log()));
    assertThat(log).contains("login_carol");
    assertThat(
            log.lines()
                // Other tests make this server log their bind parameters.
                .filter(line -> !line.startsWith("it_") || line.startsWith(database.name()))
                .filter(line -> line.contains("token-of-") && !line.contains("alter role")))
        .isEmpty();
  }
}
