package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.Percred;
import io.percred.rig.PostgresServer;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * A test class that runs on every chosen server, in a database of its own. Its tests ask the
 * database who it saw: {@code current_setting} in the same statement, rows stamped by a trigger,
 * rows that a policy lets through. Connections opened here are closed after the test.
 */
@ParameterizedClass(name = "{0}", autoCloseArguments = false)
@ArgumentsSource(PostgresVersions.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
abstract class PostgresIT {
  static final Credential ALICE = Credential.of("token-of-alice", "alice");
  static final Credential BOB = Credential.of("token-of-bob", "bob");

  /** How null is told from text. */
  static final String NULL = "<null>";

  /** Asks the database whom it sees. */
  static final String WHO = "select current_setting('app.api_token', true)";

  @Parameter PostgresServer server;
  TestDatabase database;
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Reports name a test's parameters, but not those of its class. */
  @RegisterExtension
  final TestExecutionExceptionHandler names =
      (context, failure) -> {
        failure.addSuppressed(new AssertionError("It failed on " + server));
        throw failure;
      };

  @BeforeEach
  void prepareDatabase() throws SQLException {
    database = TestDatabase.of(server, getClass());
    database.clear();
  }

  @AfterEach
  void closeWhatWasOpened() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  /** Work that may fail as JDBC does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws Exception;
  }

  /** Work without a result. */
  @FunctionalInterface
  interface Action {
    void run() throws Exception;
  }

  /** Does the work on behalf of a caller. */
  static <T> T as(Credential caller, Work<T> work) throws Exception {
    return as(Caller.of(caller), work);
  }

  /** Does the work on behalf of a caller. */
  static void as(Credential caller, Action work) throws Exception {
    as(Caller.of(caller), work);
  }

  /** Does the work on behalf of a caller of whom more is known than the credential, or less. */
  static <T> T as(Caller caller, Work<T> work) throws Exception {
    CallerScope scope = CallerContext.open(caller);
    try {
      return work.run();
    } finally {
      scope.close();
    }
  }

  /** Does the work on behalf of a caller of whom more is known than the credential, or less. */
  static void as(Caller caller, Action work) throws Exception {
    CallerScope scope = CallerContext.open(caller);
    try {
      work.run();
    } finally {
      scope.close();
    }
  }

  /** Does the work as the application itself. */
  static void asService(Action work) throws Exception {
    CallerScope scope = CallerContext.service();
    try {
      work.run();
    } finally {
      scope.close();
    }
  }

  /** Keeps something to be closed after the test. */
  final <T extends AutoCloseable> T closing(T resource) {
    opened.add(resource);
    return resource;
  }

  /** percred's URL of the test's database; parameters as {@code name=value}, already encoded. */
  final String url(String... parameters) {
    return percredUrl(server.url(database.name()), parameters);
  }

  /** A vendor's URL turned into percred's. */
  static String percredUrl(String vendorUrl, String... parameters) {
    String chosen = String.join("&", parameters);
    return "jdbc:percred:"
        + vendorUrl.substring("jdbc:".length())
        + "?percred.setting=app.api_token"
        + (chosen.contains("percred.delivery=")
            ? ""
            : "&percred.delivery=" + System.getProperty("percred.test.delivery", "auto"))
        + (parameters.length == 0 ? "" : "&" + chosen);
  }

  /** The login of the application. */
  static Properties appLogin() {
    Properties login = new Properties();
    login.setProperty("user", PostgresServer.APP.user());
    login.setProperty("password", PostgresServer.APP.password());
    return login;
  }

  /** A connection through percred, opened by nobody in particular. */
  final Connection connect(String... parameters) throws SQLException {
    return closing(DriverManager.getConnection(url(parameters), appLogin()));
  }

  /** A connection through percred with autocommit off. */
  final Connection connectForTransactions(String... parameters) throws SQLException {
    Connection connection = connect(parameters);
    connection.setAutoCommit(false);
    return connection;
  }

  /** A connection of the application's login without percred. */
  final Connection connectPlainly() throws SQLException {
    return closing(database.connect(PostgresServer.APP));
  }

  /** The first column of the first row. */
  static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).as("a row").isTrue();
      return text(rows, 1);
    }
  }

  /** The first column of every row. */
  static List<String> askAll(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return column(rows, 1);
    }
  }

  private static String text(ResultSet rows, int column) throws SQLException {
    String value = rows.getString(column);
    return value == null ? NULL : value;
  }

  /** What is left of a column, from the next row on. */
  static List<String> column(ResultSet rows, int column) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) {
      values.add(text(rows, column));
    }
    return values;
  }

  /** Who the database sees in a statement of its own. */
  static String who(Connection connection) throws SQLException {
    return ask(connection, WHO);
  }

  /** The server process behind the connection, asked on behalf of Alice. */
  static String backend(Connection connection) throws Exception {
    return as(ALICE, () -> ask(connection, "select pg_backend_pid()"));
  }

  /** Runs SQL text. */
  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Adds an entry, which the database stamps with whom it saw. */
  static void insert(Connection connection, String note) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("insert into entry (note) values (?)")) {
      statement.setString(1, note);
      statement.executeUpdate();
    }
  }

  /** Whom the database stamped on each entry, in order: {@code note:seen}. */
  final List<String> entries() throws SQLException {
    return database.column("select note || ':' || coalesce(seen, 'null') from entry order by id");
  }

  /** Everybody whom the database stamped on an entry. */
  final List<String> stamps() throws SQLException {
    return database.column("select distinct seen from entry order by 1");
  }

  /** What witnesses saw: {@code what:seen}. */
  final List<String> witnesses() throws SQLException {
    return database.column("select what || ':' || coalesce(seen, 'null') from witness");
  }

  /** The SQLException that the work must end with. */
  static SQLException failure(ThrowingCallable work) {
    SQLException failed = catchThrowableOfType(SQLException.class, work);
    if (failed == null) {
      throw new AssertionError("This should have failed");
    }
    return failed;
  }

  /** Asserts that percred refused the work because nobody is calling. */
  static void assertRefused(ThrowingCallable work) {
    SQLException refused = failure(work);
    assertThat(refused.getSQLState()).isEqualTo("28000");
    assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-101");
  }

  /** Asserts that the server or percred ended the work with this SQLSTATE. */
  static void assertFails(String sqlState, ThrowingCallable work) {
    SQLException failed = failure(work);
    assertThat(failed.getSQLState()).as(failed.getMessage()).isEqualTo(sqlState);
  }
}
