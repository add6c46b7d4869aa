package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.spi.Credential;
import io.percred.spi.HeldConnection;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a decorator does to a handle that it gives out and takes back. */
@Timeout(60)
class HeldHandleTest {
  private static final Target TARGET = new Target("jdbc:h2:mem", null, null);
  private static final String WHO = "select current_user";
  private static final String SCHEMA = "select current_schema";

  private final TestContext context = new TestContext();
  private H2Vendor vendor;
  private SessionPool pool;
  private Connection handle;
  private HeldConnection held;

  @BeforeEach
  void open() throws SQLException {
    vendor = new H2Vendor("ALICE", "BOB");
    pool =
        new SessionPool(
            vendor,
            SessionBounds.of(context.settings()),
            TARGET,
            context.clock,
            context.listener());
    handle = pool.connect(context, TARGET, "shape");
    held = Objects.requireNonNull(SessionPool.held(handle));
    context.call(vendor.credential("ALICE"));
  }

  @AfterEach
  void nothingIsLeft() throws SQLException {
    handle.close();
    pool.close();
    assertThat(vendor.live()).isZero();
    vendor.close();
  }

  @Test
  void pinnedHandleStaysItsCallersWhoeverCallsOnWhateverThread() throws Exception {
    held.pin();
    context.call(vendor.credential("BOB"));
    assertThat(query(WHO)).isEqualTo("ALICE");
    context.call(null);
    assertThat(query(WHO)).isEqualTo("ALICE");
    CompletableFuture<String> elsewhere =
        CompletableFuture.supplyAsync(() -> queryAs(vendor.credential("BOB")));
    assertThat(elsewhere.get(10, TimeUnit.SECONDS)).isEqualTo("ALICE");
    assertThat(vendor.logins).hasValue(1);
  }

  @Test
  void pinningTwiceTakesTheCallerOfTheSecondTime() throws SQLException {
    held.pin();
    context.call(vendor.credential("BOB"));
    held.pin();
    context.call(null);
    assertThat(query(WHO)).isEqualTo("BOB");
  }

  @Test
  void pinningWhileNobodyCallsLeavesTheHandleToWhoCalls() throws SQLException {
    held.pin();
    context.call(null);
    held.pin();
    context.call(vendor.credential("BOB"));
    assertThat(query(WHO)).isEqualTo("BOB");
    context.call(vendor.credential("ALICE"));
    assertThat(query(WHO)).isEqualTo("ALICE");
  }

  @Test
  void releaseGivesTheSessionBackAndTheCallerIsWhoCalls() throws SQLException {
    held.pin();
    query(WHO);
    held.release();
    assertThat(pool.snapshot().borrowed()).isZero();
    assertThat(pool.snapshot().idle()).isOne();
    context.call(vendor.credential("BOB"));
    assertThat(query(WHO)).isEqualTo("BOB");
  }

  @Test
  void whatACallerLeftInTheSessionEndsWithIt() throws SQLException {
    held.pin();
    try (Statement statement = handle.createStatement()) {
      statement.execute("set schema information_schema");
    }
    assertThat(query(SCHEMA)).isEqualTo("INFORMATION_SCHEMA");
    held.release();
    assertThat(vendor.live()).isZero();
    assertThat(query(SCHEMA)).isEqualTo("PUBLIC");
  }

  @Test
  void releasingWithoutASessionOpensNone() throws SQLException {
    held.pin();
    held.release();
    assertThat(vendor.logins).hasValue(0);
  }

  @Test
  void aHandleIsHeldBehindAPoolAndThatTakesNoSession() throws SQLException {
    context.call(null);
    HikariConfig config = new HikariConfig();
    config.setDataSource(new HandleSource(pool, context, TARGET));
    config.setMaximumPoolSize(1);
    try (HikariDataSource outer = new HikariDataSource(config);
        Connection pooled = outer.getConnection()) {
      assertThat(SessionPool.held(pooled)).isInstanceOf(HeldHandle.class);
    }
    assertThat(vendor.logins).hasValue(0);
  }

  @Test
  void anybodyElsesConnectionIsNotHeld() throws SQLException {
    try (Connection other = DriverManager.getConnection("jdbc:h2:mem:")) {
      assertThat(SessionPool.held(other)).isNull();
    }
  }

  private String query(String sql) throws SQLException {
    try (Statement statement = handle.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private String queryAs(Credential caller) {
    context.call(caller);
    try {
      return query(WHO);
    } catch (SQLException e) {
      return e.toString();
    }
  }
}
