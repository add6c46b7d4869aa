package io.percred.snowflake.emulator;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The vendor's driver, pointed at an emulator. */
final class Driver {
  private Driver() {}

  static Connection connect(SnowflakeEmulator emulator, String user, String role)
      throws SQLException {
    return connect(emulator, emulator.tokens().token(user, role, Duration.ofHours(1)));
  }

  static Connection connect(SnowflakeEmulator emulator, String token) throws SQLException {
    return connect(emulator, emulator.driverProperties(token));
  }

  static Connection connect(SnowflakeEmulator emulator, Properties properties) throws SQLException {
    return DriverManager.getConnection(emulator.jdbcUrl(), properties);
  }

  static @Nullable String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  static int update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }
}
