package io.percred.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Tests of one handle, on which ALICE is calling, over a pool of sessions at H2. After each of them
 * nothing is left open.
 */
@Timeout(60)
abstract class OneHandle<V extends H2Vendor> {
  static final Target TARGET = new Target("jdbc:h2:mem", null, null);
  static final String WHO = "select current_user";
  static final String SCHEMA = "select current_schema";

  final TestContext context = new TestContext();
  V vendor;
  SessionPool pool;
  Connection handle;

  /** The vendor whose users ALICE and others are. */
  abstract V newVendor() throws SQLException;

  SessionBounds bounds() {
    return SessionBounds.of(context.settings());
  }

  @BeforeEach
  final void open() throws SQLException {
    vendor = newVendor();
    pool = new SessionPool(vendor, bounds(), TARGET, context.clock, context.listener());
    handle = newHandle();
    context.call(vendor.credential("ALICE"));
  }

  @AfterEach
  final void nothingIsLeft() throws SQLException {
    handle.close();
    pool.close();
    assertThat(pool.snapshot().live()).isZero();
    assertThat(vendor.live()).isZero();
    vendor.close();
  }

  final Connection newHandle() {
    return pool.connect(context, TARGET, "shape");
  }

  final String query(String sql) throws SQLException {
    try (Statement statement = handle.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return Objects.requireNonNull(rows.getString(1));
    }
  }
}
