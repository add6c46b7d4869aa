package io.percred.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What an application does between taking a connection from its pool and giving it back. */
enum Workload {
  /** One row by its key, in autocommit. */
  READ("one-row read", false) {
    @Override
    void run(Connection connection) throws SQLException {
      readOne(connection, 1);
    }
  },

  /** Two one-row reads in one transaction. */
  TRANSACTION("transaction of two queries", true) {
    @Override
    void run(Connection connection) throws SQLException {
      readOne(connection, 1);
      readOne(connection, 2);
    }
  },

  /** Fifty inserts as one batch, in a transaction. */
  BATCH("batch of 50 inserts", true) {
    @Override
    void run(Connection connection) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement("insert into entry (id, note) values (?, ?)")) {
        for (int i = 0; i < BATCH_SIZE; i++) {
          insert.setInt(1, i);
          insert.setString(2, NOTE);
          insert.addBatch();
        }
        check(insert.executeBatch().length == BATCH_SIZE);
      }
    }
  },

  /** A million rows through a cursor, a thousand at a time. */
  FETCH("fetch of 1000000 rows", true) {
    @Override
    void run(Connection connection) throws SQLException {
      try (PreparedStatement select = connection.prepareStatement("select id, note from million")) {
        select.setFetchSize(1000);
        int count = 0;
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            count += rows.getString(2) != null && rows.getInt(1) > 0 ? 1 : 0;
          }
        }
        check(count == ROWS_FETCHED);
      }
    }
  };

  static final int ROWS_FETCHED = 1_000_000;
  private static final int BATCH_SIZE = 50;
  private static final String NOTE = "a note of some thirty characters";

  private final String title;
  private final boolean transactional;

  Workload(String title, boolean transactional) {
    this.title = title;
    this.transactional = transactional;
  }

  String title() {
    return title;
  }

  /** Whether the application runs it with autocommit off, and commits. */
  boolean isTransactional() {
    return transactional;
  }

  /** Runs it on a connection whose autocommit is set as it wants. */
  abstract void run(Connection connection) throws SQLException;

  private static void readOne(Connection connection, int id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select note from contact where id = ?")) {
      select.setInt(1, id);
      try (ResultSet row = select.executeQuery()) {
        check(row.next() && row.getString(1) != null);
      }
    }
  }

  private static void check(boolean held) {
    if (!held) {
      throw new IllegalStateException("The database answered something else than expected");
    }
  }
}
