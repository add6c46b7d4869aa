package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.WireProxy;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Network turns, counted by a proxy: percred adds none. Every piece of work is measured through the
 * same proxy with the vendor's driver alone and with percred, three times on one connection, so
 * that the first time and the times when everything is prepared are compared, too. When the caller
 * changes, the session is cleared in between.
 */
class NetworkTurnsIT extends PostgresIT {
  /** Small enough for one write of the driver, so that the server cannot answer halfway. */
  private static final int BATCH = 20;

  private static final List<String> DELIVERIES = List.of("bind", "function-call", "auto");

  private WireProxy proxy;

  /** Work on a connection, in autocommit when it begins. */
  @FunctionalInterface
  interface Job {
    void run(Connection connection) throws Exception;
  }

  @BeforeEach
  void startProxy() throws Exception {
    proxy = WireProxy.to(server);
  }

  @AfterEach
  void stopProxy() throws Exception {
    proxy.close();
  }

  static Stream<Named<Job>> jobs() {
    return Stream.of(
        Named.of("autocommit statement", connection -> ask(connection, "select current_user")),
        Named.of("autocommit insert", connection -> insert(connection, "x")),
        Named.of("one transaction", NetworkTurnsIT::transaction),
        Named.of("two transactions", NetworkTurnsIT::twoTransactions),
        Named.of(
            "transaction in SQL",
            connection -> {
              execute(connection, "begin");
              insert(connection, "x");
              execute(connection, "commit");
            }),
        Named.of(
            "several statements in one text",
            connection ->
                execute(connection, "insert into entry (note) values ('x'); select current_user")),
        Named.of(
            "data definition",
            connection -> execute(connection, "create temporary table if not exists t (n int)")),
        Named.of(
            "anonymous block", connection -> execute(connection, "do $$ begin perform 1; end $$")),
        Named.of("batch in autocommit", NetworkTurnsIT::batch),
        Named.of("batch in a transaction", inTransaction(NetworkTurnsIT::batch)),
        Named.of("CALL", NetworkTurnsIT::call),
        Named.of("CALL in a transaction", inTransaction(NetworkTurnsIT::call)),
        Named.of("function by CallableStatement", NetworkTurnsIT::function),
        Named.of("COPY in", NetworkTurnsIT::copyIn),
        Named.of("COPY in in a transaction", inTransaction(NetworkTurnsIT::copyIn)),
        Named.of("COPY out", NetworkTurnsIT::copyOut),
        Named.of("COPY out in a transaction", inTransaction(NetworkTurnsIT::copyOut)),
        Named.of("metadata", NetworkTurnsIT::metadata),
        Named.of("metadata in a transaction", inTransaction(NetworkTurnsIT::metadata)),
        Named.of("cursor", inTransaction(NetworkTurnsIT::cursor)),
        Named.of("savepoints", inTransaction(NetworkTurnsIT::savepoints)),
        Named.of("updatable result set", NetworkTurnsIT::updatableResultSet),
        Named.of("generated keys", NetworkTurnsIT::generatedKeys),
        Named.of("large object", inTransaction(NetworkTurnsIT::largeObject)),
        Named.of("failure", NetworkTurnsIT::failure),
        Named.of("validation", connection -> assertThat(connection.isValid(5)).isTrue()),
        Named.of("session settings", NetworkTurnsIT::settings));
  }

  /**
   * Those that the driver writes at once in every mode: in simple mode it flushes each statement of
   * a batch by itself, and how many of them the server answers before it has read the last is
   * chance, with percred and without.
   */
  static Stream<Named<Job>> jobsOfOneWrite() {
    return jobs().filter(job -> !job.getName().startsWith("batch"));
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void noneIsAdded(Job job) throws Exception {
    assertNoneAdded(job, "extended");
  }

  @ParameterizedTest
  @MethodSource("jobsOfOneWrite")
  void noneIsAddedInSimpleMode(Job job) throws Exception {
    assertNoneAdded(job, "simple");
  }

  private void assertNoneAdded(Job job, String mode) throws Exception {
    List<Integer> alone = measure(proxy.url(database.name()) + "?preferQueryMode=" + mode, job);
    for (String delivery : DELIVERIES) {
      List<Integer> withPercred =
          measure(
              percredUrl(
                  proxy.url(database.name()),
                  "preferQueryMode=" + mode,
                  "percred.delivery=" + delivery),
              job);

      assertThat(withPercred).as("turns with %s, %s", delivery, mode).isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void noneIsAddedWhenTheCallerChanges(Job job) throws Exception {
    List<Integer> alone = measure(proxy.url(database.name()), job);
    for (String delivery : DELIVERIES) {
      List<Integer> alternating = new ArrayList<>();
      String url = percredUrl(proxy.url(database.name()), "percred.delivery=" + delivery);
      try (Connection connection = DriverManager.getConnection(url, appLogin())) {
        for (int i = 0; i < alone.size(); i++) {
          as(i % 2 == 0 ? ALICE : BOB, () -> alternating.add(turnsOf(job, connection)));
        }
      }
      assertThat(alternating).as("turns with %s", delivery).isEqualTo(alone);
    }
  }

  private List<Integer> measure(String url, Job job) throws Exception {
    List<Integer> turns = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, appLogin())) {
      for (int i = 0; i < 3; i++) {
        as(ALICE, () -> turns.add(turnsOf(job, connection)));
      }
    }
    return turns;
  }

  private int turnsOf(Job job, Connection connection) throws Exception {
    int before = proxy.turns();
    job.run(connection);
    return proxy.turns() - before;
  }

  private static Job inTransaction(Job job) {
    return connection -> {
      connection.setAutoCommit(false);
      job.run(connection);
      connection.commit();
      connection.setAutoCommit(true);
    };
  }

  private static void transaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    for (int i = 0; i < 3; i++) {
      insert(connection, "x");
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void twoTransactions(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    ask(connection, "select current_user");
    connection.commit();
    insert(connection, "x");
    connection.rollback();
    connection.setAutoCommit(true);
  }

  private static void batch(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into entry (note) values (?)")) {
      for (int i = 0; i < BATCH; i++) {
        statement.setString(1, "x");
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void call(Connection connection) throws SQLException {
    try (CallableStatement statement = connection.prepareCall("call add_entry(?)")) {
      statement.setString(1, "x");
      statement.execute();
    }
  }

  private static void function(Connection connection) throws SQLException {
    if (connection.unwrap(PGConnection.class).getPreferQueryMode() == PreferQueryMode.SIMPLE) {
      return; // OUT parameters need the extended protocol.
    }
    try (CallableStatement statement = connection.prepareCall("{? = call seen()}")) {
      statement.registerOutParameter(1, java.sql.Types.VARCHAR);
      statement.execute();
    }
  }

  private static void copyIn(Connection connection) throws Exception {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("copy entry (note) from stdin", new StringReader("x\n".repeat(10)));
  }

  private static void copyOut(Connection connection) throws Exception {
    connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("copy (select n from seen_row limit 10) to stdout", new StringWriter());
  }

  private static void metadata(Connection connection) throws SQLException {
    try (ResultSet rows = connection.getMetaData().getTables(null, "public", "entry", null)) {
      assertThat(rows.next()).isTrue();
    }
  }

  private static void cursor(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(100);
      try (ResultSet rows = statement.executeQuery("select n from seen_row")) {
        assertThat(column(rows, 1)).hasSize(1000);
      }
    }
  }

  private static void savepoints(Connection connection) throws SQLException {
    Savepoint first = connection.setSavepoint();
    insert(connection, "x");
    connection.rollback(first);
    insert(connection, "y");
    connection.releaseSavepoint(first);
  }

  private static void updatableResultSet(Connection connection) throws SQLException {
    try (Statement statement =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
        ResultSet rows = statement.executeQuery("select id, note from entry")) {
      rows.moveToInsertRow();
      rows.updateString("note", "x");
      rows.insertRow();
    }
  }

  private static void generatedKeys(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into entry (note) values ('x')", Statement.RETURN_GENERATED_KEYS)) {
      statement.executeUpdate();
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
      }
    }
  }

  private static void largeObject(Connection connection) throws SQLException {
    var objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
    objects.unlink(objects.createLO());
  }

  private static void failure(Connection connection) {
    assertFails("22012", () -> ask(connection, "select 1 / 0"));
  }

  private static void settings(Connection connection) throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setSchema("public");
    execute(connection, "set statement_timeout = 0");
  }
}
