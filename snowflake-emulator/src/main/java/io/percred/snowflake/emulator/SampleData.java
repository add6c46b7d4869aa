package io.percred.snowflake.emulator;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code SNOWFLAKE_SAMPLE_DATA.TPCH_SF1}, at a smaller scale than its name says. The tables are
 * made when a statement first names the schema: generating them takes seconds. Thread-safe.
 */
final class SampleData {
  static final String DATABASE = "SNOWFLAKE_SAMPLE_DATA";
  static final String SCHEMA = "TPCH_SF1";

  private final Engine engine;
  private final double scale;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean loaded;

  SampleData(Engine engine, double scale) throws SQLException {
    this.engine = engine;
    this.scale = scale;
    engine.createDatabase(DATABASE);
    engine.run("CREATE SCHEMA " + DATABASE + "." + SCHEMA);
  }

  /** Loads the tables if the statement names the schema, or the session is in it. */
  void loadIfNamed(Session session, List<SqlToken> tokens) throws SQLException {
    if (loaded) {
      return;
    }
    boolean named =
        SCHEMA.equals(session.schema())
            || tokens.stream().anyMatch(token -> token.name().equals(SCHEMA));
    if (named) {
      load();
    }
  }

  private void load() throws SQLException {
    lock.lock();
    try {
      if (!loaded) {
        TpchTables.load(engine, DATABASE, SCHEMA, scale);
        loaded = true;
      }
    } finally {
      lock.unlock();
    }
  }
}
