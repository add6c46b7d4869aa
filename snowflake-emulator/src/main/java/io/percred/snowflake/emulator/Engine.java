package io.percred.snowflake.emulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * The DuckDB instance behind the emulator: one attached in-memory database per Snowflake database,
 * and the functions of Snowflake's dialect as macros. Thread-safe; every session has a connection
 * of its own.
 */
final class Engine implements AutoCloseable {
  private static final String DIALECT = "dialect.sql";

  private final DuckDBConnection root;
  private final ReentrantLock lock = new ReentrantLock();

  Engine() throws SQLException {
    root = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
    run(dialect());
    // SQL comes over the network: it shall not read or write files
    run("SET enable_external_access = false");
  }

  /** A connection of a session's own, without identity yet. */
  DuckDBConnection connect() throws SQLException {
    return root.duplicate();
  }

  /** Runs DuckDB's SQL with all rights. */
  void run(String sql) throws SQLException {
    lock.lock();
    try (Statement statement = root.createStatement()) {
      statement.execute(sql);
    } finally {
      lock.unlock();
    }
  }

  void createDatabase(String name) throws SQLException {
    run("ATTACH ':memory:' AS " + Names.quoted(name));
    run("CREATE SCHEMA IF NOT EXISTS " + Names.quoted(name) + ".\"PUBLIC\"");
  }

  void dropDatabase(String name) throws SQLException {
    run("DETACH " + Names.quoted(name));
  }

  /** The database of this name, told without regard to case, as it is spelled; or null. */
  @Nullable String findDatabase(String name) throws SQLException {
    return first(
        "SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> 'memory'"
            + " AND lower(database_name) = lower(?)",
        name);
  }

  @Nullable String findSchema(String database, String name) throws SQLException {
    return first(
        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? AND lower(schema_name) ="
            + " lower(?)",
        database,
        name);
  }

  private @Nullable String first(String sql, String... arguments) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = root.duplicate();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setString(i + 1, arguments[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
    }
    return found.isEmpty() ? null : found.get(0);
  }

  @Override
  public void close() throws SQLException {
    root.close();
  }

  private static String dialect() {
    try (InputStream in = Engine.class.getResourceAsStream(DIALECT)) {
      if (in == null) {
        throw new IllegalStateException(DIALECT + " is missing beside " + Engine.class);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
