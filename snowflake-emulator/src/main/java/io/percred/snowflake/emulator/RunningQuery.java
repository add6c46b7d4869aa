package io.percred.snowflake.emulator;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A query from its arrival until its answer was fetched. Thread-safe. */
final class RunningQuery {
  final String id;
  final String requestId;
  final String sql;
  final String tag;
  final Instant begun;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private volatile @Nullable Statement statement;
  private volatile @Nullable SnowflakeError error;
  private volatile @Nullable Result result;

  RunningQuery(String id, String requestId, String sql, String tag, Instant begun) {
    this.id = id;
    this.requestId = requestId;
    this.sql = sql;
    this.tag = tag;
    this.begun = begun;
  }

  /** The DuckDB statement to interrupt, null when it is over. */
  void running(@Nullable Statement running) throws SnowflakeError {
    statement = running;
    if (running != null && isCancelled()) {
      throw SnowflakeError.cancelled();
    }
  }

  boolean isCancelled() {
    return cancelled.getCount() == 0;
  }

  void cancel() {
    cancelled.countDown();
    Statement running = statement;
    if (running != null) {
      try {
        running.cancel();
      } catch (SQLException e) {
        // it has ended meanwhile; a query that is still to run sees the latch
        return;
      }
    }
  }

  /** Waits this long unless cancelled. */
  void pause(Duration length) throws SnowflakeError, InterruptedException {
    if (cancelled.await(length.toNanos(), TimeUnit.NANOSECONDS)) {
      throw SnowflakeError.cancelled();
    }
  }

  void succeed(Answer outcome, Result rows) {
    result = rows;
    answer.complete(outcome);
  }

  void fail(Answer outcome, SnowflakeError failure) {
    error = failure;
    answer.complete(outcome);
  }

  /** What it gave, once it has succeeded. */
  @Nullable Result result() {
    return result;
  }

  /** The answer, or null if it takes longer than this. */
  @Nullable Answer await(Duration atMost) throws InterruptedException {
    try {
      return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("A query's answer is never completed exceptionally", e);
    }
  }

  boolean isDone() {
    return answer.isDone();
  }

  @Nullable SnowflakeError error() {
    return error;
  }
}
