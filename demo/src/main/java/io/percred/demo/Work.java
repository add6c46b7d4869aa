package io.percred.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;

/** The ways a caller works in the first scene. */
enum Work {
  /** Each statement is its own transaction. */
  AUTOCOMMIT {
    @Override
    Visit visit(Connection connection) throws SQLException {
      return Visit.on(connection);
    }
  },
  /** Adds a contact, reads all, removes it again, commits. */
  TRANSACTIONS {
    @Override
    Visit visit(Connection connection) throws SQLException {
      connection.setAutoCommit(false);
      run(connection, "insert into contact (name) values ('a guest')");
      Visit visit = Visit.on(connection);
      run(connection, "delete from contact where name = 'a guest'");
      connection.commit();
      return visit;
    }
  };

  /** How it is called, for people. */
  String words() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Does it once. */
  abstract Visit visit(Connection connection) throws SQLException;

  private static void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.executeUpdate();
    }
  }
}
