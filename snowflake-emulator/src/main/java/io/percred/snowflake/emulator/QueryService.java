package io.percred.snowflake.emulator;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queries, their results, status and cancellation. A query runs on a thread of its own, so that the
 * request can answer "in progress" once it has held for long enough. Thread-safe.
 */
final class QueryService {
  private static final Logger LOG = LoggerFactory.getLogger(QueryService.class);

  private static final Pattern RESULT_SCAN =
      Pattern.compile(
          "\\s*select\\s+\\*\\s+from\\s+table\\(result_scan\\('([0-9a-f-]+)'\\)\\)\\s*",
          Pattern.CASE_INSENSITIVE);

  private final StatementRunner runner;
  private final AccessLog log;
  private final Clock clock;
  private final ExecutorService executor;
  private final Duration holdTime;
  private final QueryAnswers answers;

  QueryService(
      StatementRunner runner,
      AccessLog log,
      Clock clock,
      ExecutorService executor,
      Duration holdTime) {
    this.runner = runner;
    this.log = log;
    this.clock = clock;
    this.executor = executor;
    this.holdTime = holdTime;
    this.answers = new QueryAnswers(clock);
  }

  /** A query request. */
  Answer query(Session session, ApiCall call) throws SnowflakeError, InterruptedException {
    JsonObject body = call.body();
    if (!body.has("sqlText")) {
      throw SnowflakeError.syntax("<EOF>");
    }
    RunningQuery query =
        new RunningQuery(
            UUID.randomUUID().toString(),
            call.parameter("requestId"),
            body.get("sqlText").getAsString(),
            parameter(session, body, "QUERY_TAG"),
            clock.instant());
    StatementRunner.Request request =
        new StatementRunner.Request(
            query.sql, Binds.of(body.get("bindings")), truth(body.get("describeOnly")));
    List<String> statements = SqlLexer.statements(query.sql);
    if (statements.size() > 1 && allowsSeveral(session, body, statements.size())) {
      return several(session, call, query, statements);
    }
    boolean async = truth(body.get("asyncExec"));
    session.queries.put(query.id, query);
    executor.execute(() -> run(session, request, query, call.baseUrl()));
    if (async) {
      return answers.inProgress(query.id, true);
    }
    return await(session, query);
  }

  /** The result of a query that was in progress, or asynchronous; it can be fetched again. */
  Answer result(Session session, String queryId) throws SnowflakeError, InterruptedException {
    Answer answer = find(session, queryId).await(holdTime);
    return answer == null ? answers.inProgress(queryId, false) : answer;
  }

  /** What a query is answered that was executed already, if the answer is to be fetched later. */
  Answer inProgress(Session session) {
    return answers.inProgress(String.valueOf(session.id), false);
  }

  Answer status(Session session, String queryId) {
    return answers.status(session, session.queries.get(queryId));
  }

  /** Rows of a large result; fetched once, then forgotten. Null if there are none. */
  @Nullable Answer chunk(Iterable<Session> sessions, String key) {
    for (Session session : sessions) {
      byte[] rows = session.chunks.remove(key);
      if (rows != null) {
        return new Answer(200, rows);
      }
    }
    return null;
  }

  /** Cancels the query of the session that came with this request id; else 000605. */
  Answer abort(Session session, String requestId) {
    for (RunningQuery query : session.queries.values()) {
      if (query.requestId.equals(requestId) && !query.isDone()) {
        query.cancel();
        return Answer.success();
      }
    }
    return Answer.error(
        new SnowflakeError(
            "000605", "02000", "Identified SQL statement is not currently executing."));
  }

  private static boolean allowsSeveral(Session session, JsonObject body, int count) {
    String wanted = parameter(session, body, "MULTI_STATEMENT_COUNT");
    return wanted.equals("0") || wanted.equals(String.valueOf(count));
  }

  /** A parameter of the session, unless the statement has its own. */
  private static String parameter(Session session, JsonObject body, String name) {
    JsonElement own =
        body.get("parameters") instanceof JsonObject parameters ? parameters.get(name) : null;
    return own == null ? session.parameters.text(name) : own.getAsString();
  }

  /** Executes them all; what is done stays done if a later one fails. */
  private Answer several(Session session, ApiCall call, RunningQuery whole, List<String> statements)
      throws SnowflakeError, InterruptedException {
    List<RunningQuery> done = new ArrayList<>();
    for (String statement : statements) {
      RunningQuery query =
          new RunningQuery(
              UUID.randomUUID().toString(), whole.requestId, statement, whole.tag, clock.instant());
      session.queries.put(query.id, query);
      run(
          session,
          new StatementRunner.Request(statement, Binds.of(null), false),
          query,
          call.baseUrl());
      SnowflakeError error = query.error();
      if (error != null) {
        throw error;
      }
      done.add(query);
    }
    return answers.several(session, whole.id, done);
  }

  private Answer await(Session session, RunningQuery query) throws InterruptedException {
    Answer answer = query.await(holdTime);
    if (answer == null) {
      return answers.inProgress(query.id, false);
    }
    session.queries.remove(query.id);
    return answer;
  }

  private void run(
      Session session, StatementRunner.Request request, RunningQuery query, String baseUrl) {
    String role = session.role();
    SnowflakeError error = null;
    try {
      Result result = execute(session, request, query);
      String chunkKey = query.id + "/";
      for (int i = 0; i < result.rowset().further().size(); i++) {
        session.chunks.put(chunkKey + i, result.rowset().further().get(i).json());
      }
      note(session, role, query, request, null);
      query.succeed(
          answers.finished(session, query.id, result, baseUrl + "/chunks/" + chunkKey), result);
    } catch (SnowflakeError e) {
      error = e;
    } catch (SQLException e) {
      error = query.isCancelled() ? SnowflakeError.cancelled() : SnowflakeError.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the emulator stops
      error = SnowflakeError.cancelled();
    } catch (RuntimeException e) {
      LOG.error("Query {} failed within the emulator", query.id, e);
      error = new SnowflakeError("000603", "XX000", "SQL execution internal error: " + e);
    }
    if (error != null) {
      note(session, role, query, request, error.code());
      query.fail(answers.failed(query.id, error), error);
    }
  }

  /** Before the answer: whoever has it finds the query in the log. */
  private void note(
      Session session,
      String role,
      RunningQuery query,
      StatementRunner.Request request,
      @Nullable String errorCode) {
    if (request.describeOnly()) {
      return;
    }
    session.queried(query.id);
    log.add(
        new AccessLog.Query(
            query.begun,
            session.id,
            session.user(),
            role,
            query.sql,
            query.id,
            query.tag,
            errorCode));
  }

  private Result execute(Session session, StatementRunner.Request request, RunningQuery query)
      throws SnowflakeError, SQLException, InterruptedException {
    Duration wait = SystemWait.of(request.sql());
    if (wait != null && !request.describeOnly()) {
      // outside the lock, so that other statements of the session need not wait as well
      query.pause(wait);
      return Result.status(StatementKind.SELECT, "waited " + wait.toSeconds() + " seconds");
    }
    Matcher scan = RESULT_SCAN.matcher(request.sql());
    if (scan.matches()) {
      return scan(session, scan.group(1));
    }
    session.lock.lockInterruptibly();
    try {
      if (request.sql().toLowerCase(Locale.ROOT).contains("last_query_id")) {
        session.publishLastQuery();
      }
      return runner.run(session, request, query);
    } finally {
      session.lock.unlock();
    }
  }

  /** The result of an asynchronous query, which the driver fetches by a query. */
  private Result scan(Session session, String queryId) throws SnowflakeError, InterruptedException {
    RunningQuery scanned = find(session, queryId);
    if (scanned.await(holdTime) == null) {
      throw new SnowflakeError("000709", "02000", "Statement " + queryId + " is still running");
    }
    SnowflakeError error = scanned.error();
    Result result = scanned.result();
    if (error != null || result == null) {
      throw error == null ? SnowflakeError.cancelled() : error;
    }
    return result;
  }

  private static RunningQuery find(Session session, String queryId) throws SnowflakeError {
    RunningQuery query = session.queries.get(queryId);
    if (query == null) {
      throw new SnowflakeError("000709", "02000", "Statement " + queryId + " not found");
    }
    return query;
  }

  private static boolean truth(@Nullable JsonElement json) {
    return json != null && json.isJsonPrimitive() && json.getAsBoolean();
  }
}
