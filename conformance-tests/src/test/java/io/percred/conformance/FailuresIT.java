package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.Percred;
import io.percred.PercredDataSource;
import io.percred.spi.Credential;
import io.percred.spi.SupplyContext;
import io.percred.spi.TokenSupplier;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What can fail around a binding: afterwards the connection is healthy and clean or closed, and
 * nothing ran without its caller.
 */
class FailuresIT extends AttackIT {
  /** A supplier that fails as long as the test wants it to. */
  private static final class Fickle implements TokenSupplier {
    private volatile @Nullable Failing failing;

    @Override
    public @Nullable Credential supply(SupplyContext context) {
      Failing now = failing;
      return now == null ? context.caller().credential() : now.supply();
    }
  }

  /** How a supplier fails. */
  private interface Failing {
    @Nullable Credential supply();
  }

  @BothDeliveries
  void supplierThatThrowsRefusesTheTransaction(String delivery) throws Exception {
    assertRefusedAndKept(
        delivery,
        () -> {
          throw new IllegalStateException("broken");
        },
        "58000",
        "PERCRED-122");
  }

  @BothDeliveries
  void supplierThatReturnsNothingRefusesTheTransaction(String delivery) throws Exception {
    assertRefusedAndKept(delivery, () -> null, "28000", "PERCRED-101");
  }

  @BothDeliveries
  void supplierThatHangsRefusesTheTransactionAtItsDeadline(String delivery) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try {
      assertRefusedAndKept(
          delivery,
          () -> {
            try {
              over.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return Credential.of("too late", "late");
          },
          "58000",
          "PERCRED-123");
    } finally {
      over.countDown();
    }
  }

  /** Through a pool of one connection, in autocommit, in a transaction and in its middle. */
  private void assertRefusedAndKept(String delivery, Failing how, String sqlState, String code)
      throws Exception {
    Fickle supplier = new Fickle();
    try (PercredDataSource source = new PercredDataSource()) {
      source.setUrl(url(delivery, "percred.supplier.timeout=200ms"));
      source.setUser("app");
      source.setPassword(appLogin().getProperty("password"));
      source.setTokenSupplier(supplier);
      HikariConfig config = new HikariConfig();
      config.setDataSource(source);
      config.setMaximumPoolSize(1);
      try (HikariDataSource pool = new HikariDataSource(config)) {
        String backend = borrow(pool, connection -> backend(connection));
        for (boolean autocommit : new boolean[] {true, false}) {
          borrow(
              pool,
              connection -> {
                connection.setAutoCommit(autocommit);
                supplier.failing = how;
                SQLException refused =
                    as(ALICE, () -> failure(() -> execute(connection, leaving("refused"))));
                supplier.failing = null;
                assertThat(refused.getSQLState()).as(refused.toString()).isEqualTo(sqlState);
                assertThat(Percred.codeOf(refused)).isEqualTo(code);
                return "";
              });
          assertThat(borrow(pool, connection -> backend(connection))).isEqualTo(backend);
        }
        borrow(
            pool,
            connection -> {
              as(BOB, () -> execute(connection, leaving("bob")));
              assertIs(ALICE, connection);
              return "";
            });
      }
    }
    assertThat(trail()).containsExactly("bob:token-of-bob:app");
  }

  /** Work on a connection. */
  private interface Borrower {
    String use(Connection connection) throws Exception;
  }

  private static String borrow(HikariDataSource pool, Borrower borrower) throws Exception {
    try (Connection connection = pool.getConnection()) {
      return borrower.use(connection);
    }
  }

  @BothDeliveries
  void bindingThatTheServerRefusesLetsNothingRun(String delivery) throws Exception {
    String function = " on function pg_catalog.set_config(text, text, boolean) ";
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(delivery));
    config.setUsername("app");
    config.setPassword(appLogin().getProperty("password"));
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      String backend = borrow(pool, connection -> backend(connection));
      for (boolean autocommit : new boolean[] {true, false}) {
        database.asSuperuser("revoke execute" + function + "from public");
        try {
          borrow(
              pool,
              connection -> {
                connection.setAutoCommit(autocommit);
                for (String sql : List.of(leaving("x"), "select 1; " + leaving("x"))) {
                  SQLException refused = as(ALICE, () -> failure(() -> execute(connection, sql)));
                  assertThat(refused.getSQLState()).isEqualTo("42501");
                  assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-203");
                  if (!autocommit) {
                    connection.rollback();
                  }
                }
                return "";
              });
        } finally {
          database.asSuperuser("grant execute" + function + "to public");
        }
        assertThat(borrow(pool, connection -> backend(connection))).isEqualTo(backend);
      }
      borrow(
          pool,
          connection -> {
            assertIs(BOB, connection);
            return "";
          });
    }
    assertThat(trail()).isEmpty();
  }

  @BothDeliveries
  void valueThatTheSettingDoesNotTakeLetsNothingRun(String delivery) throws Exception {
    String url = url(delivery).replace("=app.api_token", "=plpgsql.check_asserts");
    Connection connection = closing(DriverManager.getConnection(url, appLogin()));
    Credential fitting = Credential.of("on", "fitting");
    as(fitting, () -> execute(connection, "do $$ begin perform 1; end $$"));
    for (boolean autocommit : new boolean[] {true, false}) {
      connection.setAutoCommit(autocommit);
      SQLException refused = as(ALICE, () -> failure(() -> execute(connection, leaving("x"))));
      assertThat(refused.getSQLState()).isEqualTo("42501");
      assertThat(Percred.codeOf(refused)).isEqualTo("PERCRED-203");
      assertThat(refused.getMessage()).doesNotContain(ALICE.token());
      if (!autocommit) {
        connection.rollback();
      }
      as(fitting, () -> execute(connection, leaving("fitting")));
    }
    connection.commit();
    assertThat(database.column("select note from trail")).containsExactly("fitting", "fitting");
  }

  @BothDeliveries
  void backendThatIsTerminatedEndsTheConnection(String delivery) throws Exception {
    for (boolean inTransaction : new boolean[] {false, true}) {
      Connection connection = connect(delivery);
      String backend = backend(connection);
      connection.setAutoCommit(!inTransaction);
      as(ALICE, () -> execute(connection, leaving("alice")));
      database.asSuperuser("select pg_terminate_backend(" + backend + ", 5000)");

      SQLException ended = as(BOB, () -> failure(() -> execute(connection, leaving("bob"))));
      assertThat(ended.getSQLState()).isIn("57P01", "08006", "28000");
      as(BOB, () -> failure(() -> execute(connection, leaving("bob"))));
    }
    assertThat(trail()).containsExactly("alice:token-of-alice:app");
  }
}
