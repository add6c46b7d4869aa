package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Planted tokens, searched for in what the client logs, throws and shows. */
class ClientSecretsIT extends PostgresIT {
  private static final Credential SECRET = Credential.of("planted-77e0d3b1c85f", "secretive");

  /** SLF4J logs through java.util.logging here, as pgjdbc does. */
  private static final List<String> LOGGERS = List.of("", "org.postgresql", "io.percred");

  private final Recorder recorder = new Recorder();
  private final Map<Logger, Level> levels = new LinkedHashMap<>();

  /** Keeps every record as text, with its parameters and what was thrown. */
  private static final class Recorder extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord logged) {
      Throwable thrown = logged.getThrown();
      lines.add(
          logged.getLoggerName()
              + ' '
              + logged.getMessage()
              + ' '
              + Arrays.deepToString(logged.getParameters())
              + ' '
              + (thrown == null ? "" : trace(thrown)));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void recordEverything() {
    recorder.setLevel(Level.ALL);
    for (String name : LOGGERS) {
      Logger logger = Logger.getLogger(name);
      levels.put(logger, logger.getLevel());
      logger.setLevel(Level.ALL);
    }
    Logger.getLogger("").addHandler(recorder);
  }

  @AfterEach
  void recordNoMore() {
    Logger.getLogger("").removeHandler(recorder);
    levels.forEach(Logger::setLevel);
  }

  @BothDeliveries
  void tokenIsInNoLogOfTheClient(String delivery) throws Exception {
    for (String mode : AttackIT.TWO_MODES) {
      Connection connection = connect(delivery, mode, "percred.prefix=Bearer");
      as(
          SECRET,
          () -> {
            who(connection);
            insert(connection, "x");
            connection.setAutoCommit(false);
            execute(connection, "do $$ begin perform 1; end $$");
            assertFails("22012", () -> ask(connection, "select 1 / 0"));
            connection.rollback();
            connection.setAutoCommit(true);
            as(ALICE, () -> who(connection));
            as(SECRET, () -> execute(connection, "listen news"));
          });
      assertRefused(() -> who(connection));
    }
    assertThat(recorder.lines)
        .anyMatch(line -> line.contains("FE=> Bind"))
        .anyMatch(line -> line.contains("FE=> Parse"));
    assertThat(recorder.lines)
        .as("records with the token")
        .noneMatch(line -> line.contains(SECRET.token()));
  }

  @BothDeliveries
  void tokenIsInNoErrorOfTheServer(String delivery) throws Exception {
    Connection connection = connect(delivery);
    as(
        SECRET,
        () -> {
          for (String sql :
              new String[] {
                "select current_setting('app.api_token')::int",
                "select current_setting('app.api_token')::json",
                "do $$ begin raise exception 'it is %', current_setting('app.api_token'); end $$",
                "do $$ begin raise exception using message = 'm', detail ="
                    + " current_setting('app.api_token'), hint = current_setting('app.api_token');"
                    + " end $$"
              }) {
            assertThat(trace(failure(() -> ask(connection, sql))))
                .as(sql)
                .doesNotContain(SECRET.token());
          }
          try (Statement statement = connection.createStatement()) {
            statement.execute(
                "do $$ begin raise warning 'it is %', current_setting('app.api_token'); end $$");
            SQLWarning warning = statement.getWarnings();
            assertThat(trace(warning)).contains("it is ***").doesNotContain(SECRET.token());
          }
        });
  }

  @BothDeliveries
  void tokenIsInNoRefusalAndInNothingThatIsShown(String delivery) throws Exception {
    try (PercredDataSource source = new PercredDataSource()) {
      source.setUrl(url(delivery, "percred.token.max-size=10"));
      source.setUser("app");
      source.setPassword(appLogin().getProperty("password"));
      try (Connection connection = source.getConnection();
          Statement statement = connection.createStatement();
          PreparedStatement prepared = connection.prepareStatement(WHO)) {
        as(
            SECRET,
            () -> {
              SQLException refused = failure(() -> prepared.executeQuery());
              assertThat(trace(refused)).contains("PERCRED-103").doesNotContain(SECRET.token());
              for (Object shown :
                  new Object[] {
                    source,
                    connection,
                    statement,
                    prepared,
                    SECRET,
                    CallerContext.current(),
                    CallerContext.capture(),
                    connection.getClientInfo(),
                    connection.getMetaData().getURL()
                  }) {
                assertThat(String.valueOf(shown)).doesNotContain(SECRET.token());
              }
            });
      }
    }
    Connection connection = connect(delivery);
    as(
        SECRET,
        () -> {
          try (PreparedStatement prepared = connection.prepareStatement(WHO);
              ResultSet rows = prepared.executeQuery()) {
            assertThat(prepared + " " + rows + " " + connection).doesNotContain(SECRET.token());
          }
        });
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
