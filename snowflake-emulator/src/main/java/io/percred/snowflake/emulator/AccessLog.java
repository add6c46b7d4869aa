package io.percred.snowflake.emulator;

import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Who ran what, and who logged in: the emulator's audit trail, kept in memory. Thread-safe. */
public final class AccessLog {
  private final Queue<Query> queries = new ConcurrentLinkedQueue<>();
  private final Queue<Login> logins = new ConcurrentLinkedQueue<>();

  /**
   * A statement that was run (a {@code describeOnly} request runs nothing and is not logged).
   *
   * @param at when it began, on the emulator's clock
   * @param role the session's role when it began
   * @param tag the session's QUERY_TAG, or empty
   * @param errorCode Snowflake's code if it failed
   */
  public record Query(
      Instant at,
      long sessionId,
      String user,
      String role,
      String sql,
      String queryId,
      String tag,
      @Nullable String errorCode) {}

  /**
   * A login that was judged.
   *
   * @param user who it turned out to be, or null if refused
   * @param errorCode Snowflake's code if refused
   */
  public record Login(
      Instant at, @Nullable String user, String authenticator, @Nullable String errorCode) {}

  AccessLog() {}

  void add(Query query) {
    queries.add(query);
  }

  void add(Login login) {
    logins.add(login);
  }

  /** Statements in the order in which they ended. */
  public List<Query> queries() {
    return List.copyOf(queries);
  }

  /** Statements run by this user (in upper case), in the order in which they ended. */
  public List<Query> queriesOf(String user) {
    return queries.stream().filter(query -> query.user().equals(user)).toList();
  }

  /** Logins in the order in which they were judged. */
  public List<Login> logins() {
    return List.copyOf(logins);
  }

  /** Forgets everything so far. */
  public void clear() {
    queries.clear();
    logins.clear();
  }
}
