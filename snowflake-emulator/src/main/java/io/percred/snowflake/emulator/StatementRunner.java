package io.percred.snowflake.emulator;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs one statement in one session, which the caller holds locked. Stateless. */
final class StatementRunner {
  private static final Map<StatementKind, List<String>> DML_COLUMNS =
      new EnumMap<>(
          Map.of(
              StatementKind.INSERT, List.of("number of rows inserted"),
              StatementKind.UPDATE,
                  List.of("number of rows updated", "number of multi-joined rows updated"),
              StatementKind.DELETE, List.of("number of rows deleted"),
              StatementKind.MERGE,
                  List.of(
                      "number of rows inserted",
                      "number of rows updated",
                      "number of rows deleted")));

  private final Engine engine;
  private final SampleData sampleData;
  private final SessionCommands commands;
  private final ShowCommands shows;

  StatementRunner(Engine engine, SampleData sampleData, SessionCommands commands) {
    this.engine = engine;
    this.sampleData = sampleData;
    this.commands = commands;
    this.shows = new ShowCommands();
  }

  /** What a request asks for. */
  record Request(String sql, Binds binds, boolean describeOnly) {}

  Result run(Session session, Request request, RunningQuery query)
      throws SnowflakeError, SQLException {
    List<SqlToken> tokens = SqlLexer.tokens(request.sql());
    StatementKind kind = StatementKind.of(tokens);
    Policies.refuseDetours(tokens);
    sampleData.loadIfNamed(session, tokens);
    int binds = (int) tokens.stream().filter(token -> token.kind() == SqlToken.Kind.BIND).count();
    if (request.describeOnly()) {
      return describe(session, kind, tokens).withBinds(binds);
    }
    if (binds > request.binds().count()) {
      throw new SnowflakeError(
          "002049", "42601", "SQL compilation error:\nBind variable " + binds + " not set.");
    }
    return execute(session, kind, tokens, new Execution(request.binds(), query)).withBinds(binds);
  }

  private record Execution(Binds binds, RunningQuery query) {}

  private Result execute(
      Session session, StatementKind kind, List<SqlToken> tokens, Execution execution)
      throws SnowflakeError, SQLException {
    return switch (kind) {
      case SELECT, CALL, EXPLAIN -> select(session, kind, tokens, execution);
      case INSERT, UPDATE, DELETE, MERGE -> dml(session, kind, Dialect.rewrite(tokens), execution);
      case SHOW, DESCRIBE -> shows.run(session, kind, tokens);
      case BEGIN -> {
        session.begin();
        yield Result.status(kind, "Statement executed successfully.");
      }
      case COMMIT, ROLLBACK -> {
        session.end(kind == StatementKind.COMMIT);
        yield Result.status(kind, "Statement executed successfully.");
      }
      case USE, ALTER_SESSION, SET, UNSET -> commands.run(session, kind, tokens);
      case DDL, TRUNCATE -> ddl(session, kind, tokens);
    };
  }

  private static Result select(
      Session session, StatementKind kind, List<SqlToken> tokens, Execution execution)
      throws SnowflakeError, SQLException {
    try (PreparedStatement statement =
        session.connection.prepareStatement(Dialect.rewrite(tokens))) {
      execution.query().running(statement);
      execution.binds().apply(statement, 0);
      try (ResultSet rows = statement.executeQuery()) {
        List<Column> columns = ColumnNames.apply(tokens, Column.of(rows.getMetaData()));
        return Result.rows(kind, columns, RowsetWriter.of(rows, columns));
      }
    } finally {
      execution.query().running(null);
    }
  }

  private static Result dml(Session session, StatementKind kind, String sql, Execution execution)
      throws SnowflakeError, SQLException {
    if (!session.autocommit()) {
      session.begin();
    }
    // an array bind is one statement: all of it or nothing
    boolean own = execution.binds().isArray() && !session.inTransaction();
    if (own) {
      session.begin();
    }
    boolean done = false;
    try {
      long[] counts = new long[dmlColumns(kind).size()];
      String text = kind == StatementKind.MERGE ? sql + " RETURNING merge_action" : sql;
      try (PreparedStatement statement = session.connection.prepareStatement(text)) {
        execution.query().running(statement);
        for (int row = 0; row < execution.binds().rows(); row++) {
          execution.binds().apply(statement, row);
          count(kind, statement, counts);
        }
      }
      done = true;
      List<String> row = new ArrayList<>();
      for (long count : counts) {
        row.add(Long.toString(count));
      }
      return Result.rows(kind, dmlColumns(kind), RowsetWriter.of(List.of(row)));
    } finally {
      execution.query().running(null);
      if (own) {
        session.end(done);
      }
    }
  }

  private static void count(StatementKind kind, PreparedStatement statement, long[] counts)
      throws SQLException {
    if (kind != StatementKind.MERGE) {
      counts[0] += statement.executeUpdate();
      return;
    }
    try (ResultSet actions = statement.executeQuery()) {
      while (actions.next()) {
        switch (actions.getString(1)) {
          case "INSERT" -> counts[0]++;
          case "UPDATE" -> counts[1]++;
          default -> counts[2]++;
        }
      }
    }
  }

  private static List<Column> dmlColumns(StatementKind kind) {
    return DML_COLUMNS.getOrDefault(kind, List.of()).stream().map(Column::fixed).toList();
  }

  private Result ddl(Session session, StatementKind kind, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    session.end(true); // DDL ends an open transaction, as in Snowflake
    SqlToken verb = tokens.get(0);
    int at = 1;
    while (at < tokens.size() && !tokens.get(at).is("DATABASE") && at < 5) {
      at++;
    }
    if (at < tokens.size() - 1 && tokens.get(at).is("DATABASE") && !verb.is("ALTER")) {
      return database(session, verb, tokens.get(tokens.size() - 1).name());
    }
    session.execute(Dialect.rewrite(tokens));
    String object = at(tokens, 1).toLowerCase(Locale.ROOT);
    return Result.status(
        kind,
        verb.is("CREATE")
            ? "Object successfully created."
            : verb.is("DROP")
                ? object + " successfully dropped."
                : "Statement executed successfully.");
  }

  private Result database(Session session, SqlToken verb, String name)
      throws SnowflakeError, SQLException {
    if (verb.is("CREATE")) {
      engine.createDatabase(name);
      session.namespace(name, "PUBLIC");
      session.publishNamespace();
      return Result.status(StatementKind.DDL, "Database " + name + " successfully created.");
    }
    String found = engine.findDatabase(name);
    if (found == null) {
      throw SnowflakeError.missingObject("Database", name);
    }
    engine.dropDatabase(found);
    return Result.status(StatementKind.DDL, name + " successfully dropped.");
  }

  private static String at(List<SqlToken> tokens, int index) {
    return index < tokens.size() ? tokens.get(index).name() : "";
  }

  private Result describe(Session session, StatementKind kind, List<SqlToken> tokens)
      throws SnowflakeError, SQLException {
    if (kind.isDml()) {
      // prepared for its errors only
      session.connection.prepareStatement(Dialect.rewrite(tokens)).close();
      return Result.rows(kind, dmlColumns(kind), Rowset.EMPTY);
    }
    if (kind == StatementKind.SHOW || kind == StatementKind.DESCRIBE) {
      return Result.rows(kind, shows.run(session, kind, tokens).columns(), Rowset.EMPTY);
    }
    if (kind != StatementKind.SELECT) {
      return Result.rows(kind, List.of(Column.text("status")), Rowset.EMPTY);
    }
    try (PreparedStatement statement =
        session.connection.prepareStatement(Dialect.rewrite(tokens))) {
      List<Column> columns = ColumnNames.apply(tokens, Column.of(statement.getMetaData()));
      return Result.rows(kind, columns, Rowset.EMPTY);
    }
  }
}
