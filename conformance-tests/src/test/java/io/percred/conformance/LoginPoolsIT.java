package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handles in a pool with percred around it: {@code PercredDataSource.wrap}. */
@Timeout(120)
class LoginPoolsIT extends LoginIT {
  private static final Credential ALICE_LOGIN = caller("login_alice");
  private static final Credential BOB_LOGIN = caller("login_bob");

  private HikariDataSource pool;
  private DataSource source;

  @BeforeEach
  void openPool() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource());
    config.setMaximumPoolSize(1);
    config.setAutoCommit(false);
    pool = closing(new HikariDataSource(config));
    source = closing(PercredDataSource.wrap(pool));
  }

  @Test
  void connectionStaysThatOfWhoTookIt() throws Exception {
    try (Connection connection = as(ALICE_LOGIN, () -> source.getConnection())) {
      assertThat(ask(connection, CURRENT_USER)).isEqualTo("login_alice");
      connection.commit();
      String elsewhere =
          CompletableFuture.supplyAsync(() -> asBob(connection)).get(10, TimeUnit.SECONDS);
      assertThat(elsewhere).isEqualTo("login_alice");
      connection.commit();
    }
    try (Connection connection = as(BOB_LOGIN, () -> source.getConnection())) {
      assertThat(ask(connection, CURRENT_USER)).isEqualTo("login_bob");
      connection.commit();
      assertThat(snapshot(connection).opened()).isEqualTo(2);
    }
  }

  @Test
  void whoeverComesLaterCountsIfNobodyTookIt() throws Exception {
    try (Connection connection = source.getConnection()) {
      assertCode("PERCRED-101", "28000", () -> ask(connection, CURRENT_USER));
      assertThat(as(BOB_LOGIN, () -> ask(connection, CURRENT_USER))).isEqualTo("login_bob");
      connection.commit();
      assertThat(as(ALICE_LOGIN, () -> ask(connection, CURRENT_USER))).isEqualTo("login_alice");
    }
  }

  @Test
  void sessionGoesBackAndWhatIsOpenIsRolledBack() throws Exception {
    database.asSuperuser(
        "drop table if exists left_open; create table left_open (n int); grant all on left_open to"
            + " public");
    String backend;
    try (Connection connection = as(ALICE_LOGIN, () -> source.getConnection())) {
      execute(connection, "insert into left_open values (1)");
      backend = ask(connection, BACKEND);
      assertThat(snapshot(connection).borrowed()).isOne();
    }
    assertThat(database.column("select n from left_open")).isEmpty();
    try (Connection connection = as(ALICE_LOGIN, () -> source.getConnection())) {
      assertThat(snapshot(connection).borrowed()).isZero();
      assertThat(snapshot(connection).idle()).isOne();
      assertThat(ask(connection, BACKEND)).as("nothing was changed in it").isEqualTo(backend);
      execute(connection, "set statement_timeout = '1h'");
    }
    awaitSessions(0);
    assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isOne();
  }

  private static String asBob(Connection connection) {
    try {
      return as(BOB_LOGIN, () -> ask(connection, CURRENT_USER));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
