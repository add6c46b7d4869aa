package io.percred.snowflake.emulator;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One session: its identity, its DuckDB connection and what its SQL has changed. Statements hold
 * {@link #lock}, one at a time; the fields that other requests read are volatile.
 */
final class Session {
  final long id;
  final Identity identity;
  final Connection connection;
  final SessionParameters parameters;
  final ReentrantLock lock = new ReentrantLock();
  final Map<String, RunningQuery> queries = new ConcurrentHashMap<>();
  final Map<String, byte[]> chunks = new ConcurrentHashMap<>();

  private volatile Tokens tokens;
  private volatile String role;
  private volatile @Nullable String warehouse;
  private volatile @Nullable String database;
  private volatile @Nullable String schema;
  private boolean inTransaction;
  private volatile @Nullable String lastQuery;

  /** The tokens a driver holds, and until when they are good. */
  record Tokens(String session, Instant sessionUntil, String master, Instant masterUntil) {

    Tokens withSessionUntil(Instant until) {
      return new Tokens(session, until, master, masterUntil);
    }

    Tokens withMasterUntil(Instant until) {
      return new Tokens(session, sessionUntil, master, until);
    }
  }

  Session(long id, Identity identity, Connection connection, Tokens tokens) {
    this.id = id;
    this.identity = identity;
    this.connection = connection;
    this.tokens = tokens;
    this.parameters = new SessionParameters();
    this.role = identity.defaultRole();
  }

  Tokens tokens() {
    return tokens;
  }

  void tokens(Tokens renewed) {
    this.tokens = renewed;
  }

  String user() {
    return identity.user();
  }

  String role() {
    return role;
  }

  @Nullable String warehouse() {
    return warehouse;
  }

  @Nullable String database() {
    return database;
  }

  @Nullable String schema() {
    return schema;
  }

  void role(String chosen) {
    this.role = chosen;
  }

  void warehouse(@Nullable String chosen) {
    this.warehouse = chosen;
  }

  void namespace(@Nullable String chosenDatabase, @Nullable String chosenSchema) {
    this.database = chosenDatabase;
    this.schema = chosenSchema;
  }

  boolean autocommit() {
    return Boolean.parseBoolean(parameters.text("AUTOCOMMIT"));
  }

  boolean inTransaction() {
    return inTransaction;
  }

  /** BEGIN. Does nothing within a transaction, as in Snowflake. */
  void begin() throws SQLException {
    if (!inTransaction) {
      connection.setAutoCommit(false);
      inTransaction = true;
    }
  }

  /** COMMIT or ROLLBACK; harmless outside a transaction. */
  void end(boolean commit) throws SQLException {
    if (!inTransaction) {
      return;
    }
    inTransaction = false;
    try {
      if (commit) {
        connection.commit();
      } else {
        connection.rollback();
      }
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /**
   * Makes the identity and the namespace visible to SQL. The macros are temporary ones because only
   * these take precedence over DuckDB's own current_user and survive a change of the search path.
   */
  void publishContext() throws SQLException {
    String script =
        "CREATE OR REPLACE TEMP MACRO current_user() AS %s;"
            + "CREATE OR REPLACE TEMP MACRO current_role() AS %s;"
            + "CREATE OR REPLACE TEMP MACRO current_session() AS %s;";
    execute(
        script.formatted(
            Names.literal(user()), Names.literal(role), Names.literal(Long.toString(id))));
    publishNamespace();
  }

  void publishNamespace() throws SQLException {
    String path =
        database == null || schema == null
            ? "memory.main"
            : Names.quoted(database) + "." + Names.quoted(schema) + ",memory.main";
    String script =
        "CREATE OR REPLACE TEMP MACRO current_warehouse() AS %s;"
            + "CREATE OR REPLACE TEMP MACRO current_database() AS %s;"
            + "CREATE OR REPLACE TEMP MACRO current_schema() AS %s;"
            + "SET search_path = %s;";
    execute(
        script.formatted(
            Names.literal(warehouse),
            Names.literal(database),
            Names.literal(schema),
            Names.literal(path)));
  }

  /** The session's last query has ended. */
  void queried(String queryId) {
    lastQuery = queryId;
  }

  void publishLastQuery() throws SQLException {
    execute(
        "CREATE OR REPLACE TEMP MACRO last_query_id() AS "
            + (lastQuery == null ? "NULL" : Names.literal(lastQuery)));
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends running statements, rolls back and frees the connection. */
  void close() {
    queries.values().forEach(RunningQuery::cancel);
    lock.lock();
    try {
      try {
        end(false);
      } finally {
        connection.close();
      }
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close the connection of session " + id, e);
    } finally {
      lock.unlock();
    }
  }
}
