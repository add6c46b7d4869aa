package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.copy.PGCopyInputStream;
import org.postgresql.core.BaseConnection;

/**
 * Answers that one caller left unread, most of them in the driver's own buffer: the next caller
 * gets an error of class 08 or a connection that is in step, never another's answer. Every
 * statement carries a number that must come back.
 */
@Timeout(300)
class AbandonedAnswersIT extends PostgresIT {
  private static final Credential CAROL = Credential.of("token-of-carol", "carol");
  private static final int RUNS = Integer.getInteger("percred.test.answers.runs", 1);
  private static final String SMALL = "copy (select generate_series(1, 50)) to stdout";
  private static final String LARGE = "copy (select generate_series(1, 200000)) to stdout";

  private static int number;

  /** How a caller leaves answers unread. */
  enum Way {
    STREAM_CLOSED {
      @Override
      void leave(PGConnection connection) throws SQLException, IOException {
        try (InputStream rows = new PGCopyInputStream(connection, SMALL)) {
          assertThat(rows.read()).isEqualTo('1');
        }
      }
    },
    COPY_CANCELLED {
      @Override
      void leave(PGConnection connection) throws SQLException {
        CopyOut copy = connection.getCopyAPI().copyOut(SMALL);
        assertThat(copy.readFromCopy()).isNotNull();
        copy.cancelCopy();
      }
    },
    UNTOUCHED {
      @Override
      void leave(PGConnection connection) throws SQLException {
        connection.getCopyAPI().copyOut(SMALL).cancelCopy();
      }
    },
    ALL_BUT_THE_END {
      @Override
      void leave(PGConnection connection) throws SQLException {
        CopyOut copy = connection.getCopyAPI().copyOut(SMALL);
        for (int i = 0; i < 50; i++) {
          assertThat(copy.readFromCopy()).isNotNull();
        }
        copy.cancelCopy();
      }
    },
    LARGE_COPY {
      @Override
      void leave(PGConnection connection) throws SQLException {
        CopyOut copy = connection.getCopyAPI().copyOut(LARGE);
        assertThat(copy.readFromCopy()).isNotNull();
        copy.cancelCopy();
      }
    };

    abstract void leave(PGConnection connection) throws SQLException, IOException;
  }

  /** What happens before anybody else's statement. */
  enum Between {
    NOTHING,
    VALIDATION,
    SETTING,
    ROLLBACK,
    NOTIFICATIONS,
    OWN_STATEMENT
  }

  static Stream<Arguments> everyWay() {
    List<Arguments> all = new ArrayList<>();
    for (Way way : Way.values()) {
      for (Between between : Between.values()) {
        all.add(Arguments.of(way, between));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @MethodSource("everyWay")
  void nobodyGetsAnothersAnswer(Way way, Between between) throws Exception {
    for (String mode : List.of("extended", "simple")) {
      for (boolean autocommit : new boolean[] {true, false}) {
        for (int run = 0; run < RUNS; run++) {
          Connection connection = connect("preferQueryMode=" + mode);
          connection.setAutoCommit(autocommit);
          as(ALICE, () -> way.leave(connection.unwrap(PGConnection.class)));
          happens(between, connection);
          if (!autocommit) {
            quietly(connection::rollback);
          }
          useAs(BOB, connection);
          useAs(CAROL, connection);
          connection.close();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nobodyGetsAnothersAnswerOverTls(Way way) throws Exception {
    assumeTrue(server.certificateAuthority() != null, "the rig does not know the server's CA");
    for (int run = 0; run < RUNS; run++) {
      Properties login = appLogin();
      login.setProperty("sslmode", "verify-full");
      login.setProperty("sslrootcert", String.valueOf(server.certificateAuthority()));
      Connection connection = closing(DriverManager.getConnection(url(), login));
      as(ALICE, () -> way.leave(connection.unwrap(PGConnection.class)));
      useAs(BOB, connection);
      useAs(CAROL, connection);
      connection.close();
    }
  }

  @ParameterizedTest(name = "decorated={0}")
  @ValueSource(booleans = {false, true})
  void threeCallersThroughAPool(boolean decorated) throws Exception {
    for (boolean autocommit : new boolean[] {true, false}) {
      HikariConfig config = new HikariConfig();
      config.setJdbcUrl(url());
      config.setUsername(appLogin().getProperty("user"));
      config.setPassword(appLogin().getProperty("password"));
      config.setMaximumPoolSize(1);
      config.setAutoCommit(autocommit);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        DataSource source = decorated ? closing(PercredDataSource.wrap(pool)) : pool;
        for (int run = 0; run < 12 * RUNS; run++) {
          Way way = Way.values()[run % 4];
          quietly(
              () ->
                  as(
                      ALICE,
                      () -> {
                        try (Connection connection = source.getConnection()) {
                          way.leave(connection.unwrap(PGConnection.class));
                        }
                      }));
          for (Credential caller : List.of(BOB, CAROL, BOB)) {
            as(caller, () -> useFrom(source, caller, decorated));
          }
        }
      }
    }
  }

  @Test
  void poolThatPercredOnlyDecoratesDiscardsTheConnection() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(server.url(database.name()));
    config.setUsername(appLogin().getProperty("user"));
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      DataSource source =
          closing(PercredDataSource.wrap(pool).with("percred.setting", "app.api_token"));
      for (int run = 0; run < 8 * RUNS; run++) {
        Way way = Way.values()[run % 4];
        as(
            ALICE,
            () -> {
              try (Connection connection = source.getConnection()) {
                way.leave(connection.unwrap(PGConnection.class));
              }
            });
        for (Credential caller : List.of(BOB, CAROL)) {
          as(caller, () -> useFrom(source, caller, true));
        }
      }
    }
  }

  @Test
  void sameCallerWhoReadsToTheEndKeepsTheConnection() throws Exception {
    Connection connection = connect();
    String backend = backend(connection);
    for (int run = 0; run < RUNS; run++) {
      as(
          ALICE,
          () -> {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(SMALL);
            int rows = 0;
            while (copy.readFromCopy() != null) {
              rows++;
            }
            assertThat(rows).isEqualTo(50);
          });
      as(BOB, () -> assertThat(ask(connection, numbered(BOB, 7))).isEqualTo("7:token-of-bob"));
    }
    assertThat(backend(connection)).isEqualTo(backend);
  }

  @ParameterizedTest(name = "autocommit={0}")
  @ValueSource(booleans = {true, false})
  void whatEndsAbnormallyButIsReadLeavesTheConnectionInStep(boolean autocommit) throws Exception {
    for (String mode : List.of("extended", "simple")) {
      Connection connection = connect("preferQueryMode=" + mode);
      connection.setAutoCommit(autocommit);
      String backend = backend(connection);
      rollBack(connection);
      for (Action each : endings(connection)) {
        as(ALICE, () -> assertThatThrownBy(each::run).isInstanceOf(SQLException.class));
        rollBack(connection);
        for (Credential caller : List.of(BOB, CAROL)) {
          int mine = ++number;
          assertThat(as(caller, () -> ask(connection, numbered(caller, mine))))
              .isEqualTo(mine + ":" + caller.token());
          rollBack(connection);
        }
      }
      assertThat(backend(connection)).isEqualTo(backend);
    }
  }

  private static List<Action> endings(Connection connection) {
    return List.of(
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            statement.execute("select pg_sleep(60)");
          }
        },
        () -> {
          try (PreparedStatement batch =
              connection.prepareStatement("insert into entry (id, note) values (?, 'b')")) {
            for (int i = 0; i < 2000; i++) {
              batch.setInt(1, i % 1000);
              batch.addBatch();
            }
            batch.executeBatch();
          }
        },
        () -> {
          try (Statement batch = connection.createStatement()) {
            batch.addBatch("insert into entry (note) values ('a')");
            batch.addBatch("select 1/0");
            batch.addBatch("insert into entry (note) values ('b')");
            batch.executeBatch();
          }
        },
        () ->
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy entry (id) from stdin", new java.io.StringReader("x\n")),
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(10);
            try (ResultSet rows =
                statement.executeQuery("select 1/(50 - g) from generate_series(1, 100) g")) {
              assertThat(column(rows, 1)).hasSizeLessThan(100);
            }
          }
        });
  }

  private static void happens(Between between, Connection connection) throws Exception {
    switch (between) {
      case NOTHING -> {}
      case VALIDATION -> assertThat(connection.isValid(5)).isFalse();
      case SETTING -> quietly(() -> execute(connection, "set statement_timeout = '30s'"));
      case ROLLBACK -> quietly(() -> execute(connection, "rollback"));
      case NOTIFICATIONS ->
          as(
              BOB,
              () ->
                  quietly(
                      () ->
                          assertThat(connection.unwrap(PGConnection.class).getNotifications())
                              .isNullOrEmpty()));
      case OWN_STATEMENT ->
          // Whatever she gets is her own.
          as(
              ALICE,
              () -> {
                try {
                  execute(connection, "select 1");
                } catch (SQLException e) {
                  assertThat(e.getSQLState()).isIn("57014", "08006", "02000", "0100E");
                }
              });
    }
  }

  private void useFrom(DataSource source, Credential caller, boolean clean) throws Exception {
    try (Connection connection = source.getConnection()) {
      if (!clean) {
        use(caller, connection);
        return;
      }
      int mine = ++number;
      assertThat(ask(connection, numbered(caller, mine))).isEqualTo(mine + ":" + caller.token());
    }
  }

  private static void useAs(Credential caller, Connection connection) throws Exception {
    as(caller, () -> use(caller, connection));
  }

  /** What a caller does with a connection: every answer must be their own, or of class 08. */
  private static void use(Credential caller, Connection connection) throws Exception {
    Map<String, String> wrong = new HashMap<>();
    try (Statement statement = connection.createStatement()) {
      int updated = statement.executeUpdate("update entry set note = 'b' where false");
      if (updated != 0) {
        wrong.put("update of nothing", String.valueOf(updated));
      }
      for (int i = 0; i < 3; i++) {
        int mine = ++number;
        try (ResultSet rows = statement.executeQuery(numbered(caller, mine))) {
          List<String> answer = column(rows, 1);
          if (!answer.equals(List.of(mine + ":" + caller.token()))) {
            wrong.put("statement " + mine + " of " + caller, String.valueOf(answer));
          }
        }
      }
    } catch (SQLException e) {
      if (e.getSQLState() == null || !e.getSQLState().startsWith("08")) {
        wrong.put("an error for " + caller, e.getSQLState() + " " + e.getMessage());
      }
    }
    if (!wrong.isEmpty()) {
      fail("Answers that are another's: " + wrong);
    }
    quietly(
        () -> {
          if (!connection.isClosed() && !connection.getAutoCommit()) {
            connection.rollback();
          }
        });
  }

  private static String numbered(Credential caller, int mine) {
    return "select '"
        + mine
        + ":' || current_setting('app.api_token', true) /* "
        + caller.principal()
        + " */";
  }

  private static void rollBack(Connection connection) throws SQLException {
    if (!connection.unwrap(BaseConnection.class).getAutoCommit()) {
      connection.rollback();
    }
  }

  /** Does what may fail because the connection is closed by now. */
  private static void quietly(Action work) throws Exception {
    try {
      work.run();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).startsWith("08");
    }
  }
}
