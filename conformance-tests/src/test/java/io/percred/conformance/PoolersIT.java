package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.Percred;
import io.percred.rig.PostgresServer;
import io.percred.rig.StrictPooler;
import io.percred.rig.StrictPooler.Rule;
import io.percred.spi.Credential;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/**
 * What works behind which pooler, with every delivery and the ways in which pgjdbc sends
 * statements: the table in docs/guides/poolers.md. What does not work fails closed: no statement
 * runs for anybody but its caller.
 */
@Timeout(180)
class PoolersIT extends PostgresIT {
  private static final String WORKS = "works";
  private static final String SIMPLE = "preferQueryMode=simple";
  private static final List<String> DELIVERIES = List.of("bind", "auto", "function-call");
  private static final List<String> MODES = List.of("", "prepareThreshold=0", SIMPLE);

  @Test
  void pgBouncerInSessionMode() throws Exception {
    assumeTrue(PgBouncer.isInstalled(), "PgBouncer is not installed; .ci/run does that");
    try (PgBouncer pooler = PgBouncer.to(server, "session", PostgresServer.APP)) {
      behind(pooler::url, (delivery, mode) -> WORKS);
    }
  }

  /** Up to 1.20, and later without tracking, it takes named statements to whatever server. */
  @Test
  void pgBouncerInTransactionMode() throws Exception {
    assumeTrue(PgBouncer.isInstalled(), "PgBouncer is not installed; .ci/run does that");
    try (PgBouncer pooler = PgBouncer.to(server, PostgresServer.APP)) {
      behind(pooler::url, (delivery, mode) -> mode.isEmpty() ? "" : WORKS);
    }
  }

  @Test
  void poolerThatTracksPreparedStatementsInTransactionMode() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server)) {
      behind(pooler::url, (delivery, mode) -> WORKS);
      assertThat(pooler.dropped()).isEmpty();
    }
  }

  /** It sends a Sync in front of a Parse outside of a block, which ends the binding. */
  @Test
  void pgpool() throws Exception {
    assumeTrue(Pgpool.isInstalled(), "pgpool-II is not installed; .ci/run does that");
    try (Pgpool pooler = Pgpool.to(server)) {
      behind(
          pooler::url,
          (delivery, mode) ->
              delivery.equals("function-call") || mode.equals(SIMPLE) ? WORKS : "PERCRED-252");
    }
  }

  @Test
  void poolerThatTearsGroupsAsPgpoolDoes() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.TEARS_GROUPS)) {
      behind(
          pooler::url,
          (delivery, mode) ->
              delivery.equals("function-call") || mode.equals(SIMPLE) ? WORKS : "PERCRED-252");
    }
  }

  @Test
  void poolerThatLeavesFunctionCallsOut() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.LEAVES_CALLS_OUT)) {
      behind(pooler::url, (delivery, mode) -> delivery.equals("bind") ? WORKS : "PERCRED-251");
    }
  }

  @Test
  void poolerThatNeverAnswersAFunctionCall() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.STICKS_IN_CALLS)) {
      behind(pooler::url, (delivery, mode) -> delivery.equals("bind") ? WORKS : "PERCRED-251");
    }
  }

  /** The pooler's own FATAL; COPY is told apart, as it is always a Query behind the binding. */
  @Test
  void poolerThatWantsASyncInFrontOfASimpleMessage() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.WANTS_SYNC)) {
      behind(
          pooler::url,
          (delivery, mode) ->
              delivery.equals("bind") && !mode.equals(SIMPLE) ? "08006 in COPY" : "08P01");
    }
  }

  @Test
  void errorOfAFunctionCallThatIsNotAnsweredNamesTheSetting() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.STICKS_IN_CALLS);
        Connection connection = connect(pooler::url, "auto", "")) {
      SQLException failed = as(ALICE, () -> failure(() -> who(connection)));
      assertThat(String.valueOf(failed.getCause())).contains("percred.delivery=bind");
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void fatalErrorOfAPoolerThatTakesNoFunctionCallNamesTheSetting() throws Exception {
    try (StrictPooler pooler = StrictPooler.to(server, Rule.WANTS_SYNC);
        Connection connection = connect(pooler::url, "auto", "")) {
      SQLException failed = as(ALICE, () -> failure(() -> who(connection)));
      assertThat(failed.getMessage()).contains("percred.delivery=bind");
    }
  }

  /** An empty expectation: it may fail, but nothing may run for anybody else. */
  private void behind(UnaryOperator<String> url, BinaryOperator<String> expected) throws Exception {
    Map<String, String> seen = new LinkedHashMap<>();
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String delivery : DELIVERIES) {
      for (String mode : MODES) {
        String outcome = outcome(url, delivery, mode);
        String want = expected.apply(delivery, mode);
        if (!want.isEmpty()) {
          seen.put(delivery + " " + mode, outcome);
          wanted.put(delivery + " " + mode, want);
        }
      }
    }
    assertThat(seen).isEqualTo(wanted);
    assertThat(stamps()).isSubsetOf(ALICE.token(), BOB.token());
  }

  private String outcome(UnaryOperator<String> url, String delivery, String mode) throws Exception {
    String step = "";
    try (Connection connection = connect(url, delivery, mode)) {
      for (Credential caller : List.of(ALICE, BOB, ALICE)) {
        step = "";
        as(caller, () -> inAutocommit(connection, caller));
        as(caller, () -> inTransaction(connection, caller));
        step = " in COPY";
        as(caller, () -> copy(connection));
      }
      return WORKS;
    } catch (SQLException e) {
      String code = Percred.codeOf(e);
      return (code == null ? e.getSQLState() : code) + step;
    }
  }

  private static void inAutocommit(Connection connection, Credential caller) throws SQLException {
    assertThat(askPrepared(connection)).isEqualTo(caller.token());
    insert(connection, "x");
    execute(connection, "do $$ begin perform 1; end $$");
  }

  private static void inTransaction(Connection connection, Credential caller) throws SQLException {
    connection.setAutoCommit(false);
    assertThat(askPrepared(connection)).isEqualTo(caller.token());
    insert(connection, "x");
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void copy(Connection connection) throws SQLException, IOException {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy entry (note) from stdin", new StringReader("copied\n"));
  }

  private static String askPrepared(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WHO);
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }

  private Connection connect(UnaryOperator<String> url, String delivery, String mode)
      throws SQLException {
    Properties login = appLogin();
    if (!mode.isEmpty()) {
      login.setProperty(
          mode.substring(0, mode.indexOf('=')), mode.substring(mode.indexOf('=') + 1));
    }
    return DriverManager.getConnection(
        percredUrl(
            url.apply(database.name()),
            "percred.delivery=" + delivery,
            "percred.delivery.timeout=1s"),
        login);
  }
}
