package io.percred.session;

import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC properties that a session has, as far as percred changed them, and what they were
 * before. Confined to the holder of the lease.
 */
final class SessionJdbcState {
  private final Map<JdbcProperty, Object> original = new EnumMap<>(JdbcProperty.class);
  private final Map<JdbcProperty, Object> current = new EnumMap<>(JdbcProperty.class);
  private final Set<JdbcProperty> toldAgain = EnumSet.noneOf(JdbcProperty.class);
  private boolean restorable = true;
  private boolean autoCommitKnown = true;

  /** Whether everything that was changed can be set back for the next handle. */
  boolean isRestorable() {
    return restorable;
  }

  /**
   * Whether the session is known to commit by itself, or not to. Where it is not, a statement might
   * be committed that should not be, or the other way round: the session is of no more use.
   */
  boolean isAutoCommitKnown() {
    return autoCommitKnown;
  }

  /**
   * The session may have another value than it was told, by SQL: it is told the next one anyway.
   */
  void tellAgain(JdbcProperty property) {
    toldAgain.add(property);
  }

  /** Switches auto-commit; on, it commits. */
  private void autoCommit(Connection connection, boolean value) throws SQLException {
    autoCommitKnown = false;
    JdbcProperty.AUTO_COMMIT.write(connection, value);
    autoCommitKnown = true;
    current.put(JdbcProperty.AUTO_COMMIT, value);
  }

  /**
   * Gives the session the properties that a handle has; those it has not set become what they were.
   * Sends nothing for a property that has its value already, but for {@link #tellAgain}.
   *
   * @param wanted what was set on the handle; a property that cannot be set is removed
   * @throws SQLException if the session refuses a property; the vendor's own if the session is gone
   *     or {@linkplain #isAutoCommitKnown of no more use}
   */
  void align(Connection connection, Map<JdbcProperty, Object> wanted, SessionVendor vendor)
      throws SQLException {
    for (JdbcProperty property : JdbcProperty.values()) {
      Object target = wanted.get(property);
      if (target == null && !isOfWantedCatalog(property, wanted)) {
        target = original.get(property);
      }
      if (target != null) {
        try {
          set(property, target, wanted.containsKey(property), connection, vendor);
        } catch (SQLException e) {
          if (vendor.isSessionGone(e) || !autoCommitKnown) {
            throw e;
          }
          // What the session has now is known to nobody.
          restorable = false;
          current.remove(property);
          wanted.remove(property);
          throw PercredError.of(SessionError.NOT_ALIGNED, property, String.valueOf(e.getMessage()))
              .causedBy(e)
              .toSqlException();
        }
      }
    }
  }

  private void set(
      JdbcProperty property,
      Object target,
      boolean isWanted,
      Connection connection,
      SessionVendor vendor)
      throws SQLException {
    Object now = current.get(property);
    if (now == null) {
      now = first(property, connection, vendor.defaults());
    }
    if (toldAgain.remove(property) || !target.equals(now)) {
      leaveTransactions(connection);
      if (property == JdbcProperty.AUTO_COMMIT) {
        autoCommit(connection, (Boolean) target);
        return;
      }
      if (property == JdbcProperty.CATALOG) {
        leaveSchema(connection, vendor);
      }
      if (isWanted) {
        property.write(connection, target);
      } else {
        vendor.restore(connection, property, target);
      }
      current.put(property, target);
      if (!original.containsKey(property)) {
        // There was no value, and JDBC has no way to say so again.
        restorable = false;
      }
    }
  }

  /** A session that is told a catalog is in the schema that the catalog begins with. */
  private static boolean isOfWantedCatalog(
      JdbcProperty property, Map<JdbcProperty, Object> wanted) {
    return property == JdbcProperty.SCHEMA && wanted.containsKey(JdbcProperty.CATALOG);
  }

  /** Notes the schema that another catalog takes from the session, to give it back. */
  private void leaveSchema(Connection connection, SessionVendor vendor) throws SQLException {
    if (!original.containsKey(JdbcProperty.SCHEMA)
        && first(JdbcProperty.SCHEMA, connection, vendor.defaults()) == null) {
      restorable = false;
    }
    current.remove(JdbcProperty.SCHEMA);
  }

  /**
   * For as long as it takes: where settings are transactional, a property that is set within a
   * transaction of the caller's would go when that is rolled back.
   */
  private void leaveTransactions(Connection connection) throws SQLException {
    if (Boolean.FALSE.equals(current.get(JdbcProperty.AUTO_COMMIT))) {
      autoCommit(connection, true);
    }
  }

  private @Nullable Object first(
      JdbcProperty property, Connection connection, Map<JdbcProperty, Object> defaults)
      throws SQLException {
    Object value = defaults.get(property);
    if (value == null) {
      leaveTransactions(connection);
      value = property.read(connection);
    }
    if (value != null) {
      original.putIfAbsent(property, value);
      current.put(property, value);
    }
    return value;
  }
}
