package io.percred.session;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * How many results of a text are still to come, where the driver takes one that it cannot fetch for
 * the end of them. Guarded by the lock of the unit.
 */
final class ExpectedResults {
  private static final int NO_RESULT = -1;

  private int toCome;

  /** A text was executed, of which the driver shows the first result. */
  void executed(@Nullable String sql, SessionVendor vendor) {
    toCome = sql == null ? 0 : vendor.resultsOf(sql) - 1;
  }

  /**
   * The driver was asked for the next result.
   *
   * @return whether there should have been one
   */
  boolean areMissing(boolean rows, Statement asked) throws SQLException {
    if (toCome <= 0) {
      return false;
    }
    if (rows || asked.getUpdateCount() != NO_RESULT) {
      toCome--;
      return false;
    }
    toCome = 0;
    return true;
  }

  /** Whether a method asks for the next result. */
  static boolean isAskedBy(Method method) {
    return method.getName().equals("getMoreResults");
  }
}
