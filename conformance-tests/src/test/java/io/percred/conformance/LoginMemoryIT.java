package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.mchange.v2.c3p0.DataSources;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a session remembers from one statement to the next: with a pool of ten handles and fewer
 * sessions each connection is told its own, or that it is lost.
 */
@Timeout(180)
class LoginMemoryIT extends LoginIT {
  private static final Credential ALICE_LOGIN = caller("login_alice");
  private static final int HANDLES = 10;
  private static final String LAST = "select lastval()";

  /** Pools that tell when a connection comes back, and pools that do not. */
  enum Outer {
    HIKARICP {
      @Override
      DataSource over(PercredDataSource source, LoginMemoryIT test) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(HANDLES);
        return test.closing(new HikariDataSource(config));
      }
    },
    TOMCAT {
      @Override
      DataSource over(PercredDataSource source, LoginMemoryIT test) {
        PoolProperties properties = new PoolProperties();
        properties.setDataSource(source);
        properties.setMaxActive(HANDLES);
        var pool = new org.apache.tomcat.jdbc.pool.DataSource(properties);
        test.closing((AutoCloseable) pool::close);
        return pool;
      }
    },
    C3P0 {
      @Override
      DataSource over(PercredDataSource source, LoginMemoryIT test) throws SQLException {
        DataSource pool = DataSources.pooledDataSource(source, Map.of("maxPoolSize", HANDLES));
        test.closing((AutoCloseable) () -> DataSources.destroy(pool));
        return pool;
      }
    };

    abstract DataSource over(PercredDataSource source, LoginMemoryIT test) throws SQLException;
  }

  @BeforeEach
  void createTables() throws SQLException {
    database.asSuperuser(
        "drop table if exists numbered, other; create table numbered (id serial, n int);"
            + " create table other (id serial); create or replace view latest as select lastval();"
            + " grant all on all tables in schema public to public;"
            + " grant all on all sequences in schema public to public");
  }

  @ParameterizedTest
  @EnumSource(Outer.class)
  void tenThreadsOfOneCallerAreEachToldTheirOwnKey(Outer outer) throws Exception {
    DataSource pool = outer.over(dataSource(), this);
    AtomicInteger lost = new AtomicInteger();
    int rounds = outer == Outer.HIKARICP ? 50 : 20;
    List<Future<Integer>> threads = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(HANDLES);
    for (int thread = 0; thread < HANDLES; thread++) {
      int first = thread * rounds;
      threads.add(
          executor.submit(
              () -> {
                int foreign = 0;
                for (int n = first; n < first + rounds; n++) {
                  foreign += foreignKeys(pool, n, lost);
                }
                return foreign;
              }));
    }
    for (Future<Integer> thread : threads) {
      assertThat(thread.get()).as("keys of another connection").isZero();
    }
    executor.shutdown();
    assertThat(database.value("select count(*) from numbered"))
        .isEqualTo(String.valueOf(HANDLES * rounds));
    // Between two statements hardly any time passes, so that losses are rare.
    assertThat(lost).hasValueLessThan(HANDLES * rounds / 2);
  }

  private static int foreignKeys(DataSource pool, int n, AtomicInteger lost) throws Exception {
    return as(
        ALICE_LOGIN,
        () -> {
          try (Connection connection = pool.getConnection()) {
            execute(connection, "insert into numbered (n) values (" + n + ")");
            String id = ask(connection, LAST);
            return ask(connection, "select id from numbered where n = " + n).equals(id) ? 0 : 1;
          } catch (SQLException e) {
            assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo("40003");
            lost.incrementAndGet();
            return 0;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        LAST,
        "select currval('numbered_id_seq')",
        "select pg_catalog.\"lastval\"()",
        "insert into other select currval('numbered_id_seq')",
        "/* what? */ with x as (select LASTVAL ()) select * from x"
      })
  void whoAsksAfterASessionWasTakenIsToldSo(String asking) throws Exception {
    PercredDataSource source = dataSource("percred.sessions.max-per-caller=1");
    as(
        ALICE_LOGIN,
        () -> {
          try (Connection first = source.getConnection();
              Connection second = source.getConnection()) {
            insert(first);
            insert(second);
            assertCode("PERCRED-307", "40003", () -> execute(first, asking));
            assertThat(ask(second, "select max(id) from numbered")).isEqualTo("2");
          }
        });
  }

  @Test
  void whoAsksWithoutSayingSoIsToldByTheDatabase() throws Exception {
    PercredDataSource source = dataSource("percred.sessions.max-per-caller=1");
    as(
        ALICE_LOGIN,
        () -> {
          try (Connection first = source.getConnection();
              Connection second = source.getConnection()) {
            insert(first);
            insert(second);
            assertThat(failure(() -> ask(first, "select * from latest")).getSQLState())
                .as("lastval is not yet defined in this session")
                .isEqualTo("55000");
            insert(first);
            assertThat(ask(first, LAST)).isEqualTo("3");
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void textThatAsksForWhatItLeavesItselfIsExecuted(String mode) throws Exception {
    PercredDataSource source =
        dataSource("percred.sessions.max-per-caller=1", "preferQueryMode=" + mode);
    as(
        ALICE_LOGIN,
        () -> {
          try (Connection earlier = source.getConnection()) {
            insert(earlier);
          }
          try (Connection connection = source.getConnection();
              Statement statement = connection.createStatement()) {
            statement.execute("insert into numbered (n) values (7); " + LAST);
            assertThat(statement.getMoreResults()).isTrue();
            try (ResultSet rows = statement.getResultSet()) {
              assertThat(rows.next()).isTrue();
              assertThat(rows.getInt(1)).isEqualTo(2);
            }
          }
        });
  }

  @Test
  void connectionThatWasNotUsedYetIsNotToldWhatAnEarlierOneLeft() throws Exception {
    PercredDataSource source = dataSource();
    as(
        ALICE_LOGIN,
        () -> {
          try (Connection earlier = source.getConnection()) {
            insert(earlier);
          }
          try (Connection connection = source.getConnection();
              PreparedStatement asking = connection.prepareStatement(LAST)) {
            assertCode("PERCRED-307", "40003", asking::executeQuery);
          }
        });
  }

  @Test
  void oneCallersIdleHandlesGiveTheirPlacesUpToOthers() throws Exception {
    PercredDataSource source =
        dataSource("percred.sessions.max=4", "percred.sessions.open-timeout=20s");
    List<Connection> idle = new ArrayList<>();
    as(
        ALICE_LOGIN,
        () -> {
          for (int i = 0; i < 4; i++) {
            Connection connection = closing(source.getConnection());
            insert(connection);
            idle.add(connection);
          }
        });
    try (Connection connection = source.getConnection()) {
      assertThat(as(caller("login_bob"), () -> ask(connection, CURRENT_USER)))
          .isEqualTo("login_bob");
    }
    as(
        ALICE_LOGIN,
        () -> {
          assertCode("PERCRED-307", "40003", () -> ask(idle.get(0), LAST));
          assertThat(ask(idle.get(3), LAST)).isEqualTo("4");
        });
  }

  private static void insert(Connection connection) throws SQLException {
    execute(connection, "insert into numbered (n) values (1)");
  }
}
