package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.percred.spi.Credential;
import io.percred.spi.HeldConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a decorator does to a handle that it gives out and takes back. */
class HeldHandleTest extends OneHandle<H2Vendor> {

  private HeldConnection held;

  @Override
  H2Vendor newVendor() throws SQLException {
    return new H2Vendor("ALICE", "BOB");
  }

  @BeforeEach
  void hold() throws SQLException {
    held = Objects.requireNonNull(SessionPool.held(handle));
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
  void handleThatSomebodyKeptBeyondTheirCheckoutIsRefusedToThem() throws SQLException {
    held.pin();
    context.keepBeyondCheckout();

    assertThatThrownBy(() -> query(WHO))
        .isInstanceOfSatisfying(
            SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("28000"))
        .hasMessageContaining("PERCRED-315");
    assertThat(vendor.logins).hasValue(0);
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

  private String queryAs(Credential caller) {
    context.call(caller);
    try {
      return query(WHO);
    } catch (SQLException e) {
      return e.toString();
    }
  }
}
