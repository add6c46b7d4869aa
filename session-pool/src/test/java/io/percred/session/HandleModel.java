package io.percred.session;

import io.percred.spi.PercredError;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a handle should do: the same calls on plain connections, one of each caller for as long as a
 * handle would hold that caller's session, and when a handle refuses a call by design.
 */
final class HandleModel {
  /** An answer, or why there is none. */
  interface Call<T> {
    T on(Connection plain) throws SQLException;
  }

  /** What is asked of a session, as {@link SessionUse} tells it. */
  record Use(@Nullable String owner, boolean executes, SqlEffect effect, boolean repeatable) {
    static final Use LOOKING = new Use(null, false, SqlEffect.NONE, true);
    static final Use WORKING = new Use(null, true, SqlEffect.NONE, true);
  }

  /** The order in which a session takes them over. */
  private static final Map<JdbcProperty, Object> ORIGINAL =
      new EnumMap<>(
          Map.of(
              JdbcProperty.READ_ONLY,
              false,
              JdbcProperty.TRANSACTION_ISOLATION,
              Connection.TRANSACTION_READ_COMMITTED,
              JdbcProperty.HOLDABILITY,
              ResultSet.HOLD_CURSORS_OVER_COMMIT,
              JdbcProperty.SCHEMA,
              "PUBLIC",
              JdbcProperty.AUTO_COMMIT,
              true));

  private final H2Vendor database;
  private final Map<JdbcProperty, Object> wanted = new EnumMap<>(JdbcProperty.class);
  private final Map<JdbcProperty, Object> sent = new EnumMap<>(JdbcProperty.class);
  private final List<StatementModel> statements = new ArrayList<>();
  private final List<ResultSet> ownRows = new ArrayList<>();
  private @Nullable Connection plain;
  private String holder = "";
  private boolean inTransaction;
  private boolean begunBySql;
  private boolean changed;
  private boolean unwrapped;
  private boolean dead;
  private boolean expired;
  private boolean closed;

  /**
   * Whether what could not be repeated was refused with a new session in the hands of the handle or
   * with none: as the loss was found before it was sent, or by it.
   */
  boolean inDoubt;

  /** Who is calling; null is nobody. */
  @Nullable String caller;

  /** The method that failed on the handle's session during this call, once. */
  @Nullable String fault;

  HandleModel(H2Vendor database) {
    this.database = database;
    wanted.put(JdbcProperty.AUTO_COMMIT, true);
  }

  boolean holds() {
    return plain != null;
  }

  boolean holds(@Nullable Connection session) {
    return session != null && session == plain;
  }

  boolean isClosed() {
    return closed;
  }

  /** The session of this caller now, if there is one. */
  @Nullable Connection session() {
    return plain;
  }

  boolean isInTransaction() {
    return inTransaction;
  }

  boolean isChanged() {
    return changed;
  }

  boolean isDead() {
    return dead;
  }

  /** Whether the session is yet to be told of a schema. */
  boolean isSchemaPending() {
    Object schema = wanted.get(JdbcProperty.SCHEMA);
    return schema != null && !schema.equals(sent.get(JdbcProperty.SCHEMA));
  }

  /** Whether the handle lets the pool have its session if that needs the place. */
  boolean isAtRest() {
    return isReplaceable() && isIdle();
  }

  void add(StatementModel statement) {
    statements.add(statement);
  }

  void addRows(ResultSet rows) {
    ownRows.add(rows);
  }

  void unwrapped() {
    unwrapped = true;
  }

  <T> T run(Use use, Call<T> call) throws SQLException {
    Connection session = take(use);
    if (use.executes()) {
      changed |= use.effect() == SqlEffect.CHANGES_SESSION;
      begunBySql |= use.effect() == SqlEffect.BEGINS_TRANSACTION;
      inTransaction |= begunBySql || !autoCommits();
    }
    T answer = call.on(session);
    if (use.effect() == SqlEffect.ENDS_TRANSACTION) {
      transactionEnded();
    }
    return answer;
  }

  private Connection take(Use use) throws SQLException {
    requireOpen();
    if (caller == null) {
      throw PercredError.of(TestContext.Refusal.NO_CREDENTIAL).toSqlException();
    }
    if (inTransaction && !caller.equals(holder)) {
      throw PercredError.of(SessionError.CALLER_CHANGED, holder).toSqlException();
    }
    if (use.owner() != null && !use.owner().equals(caller)) {
      throw PercredError.of(SessionError.FOREIGN_STATEMENT, use.owner()).toSqlException();
    }
    if (inTransaction) {
      if (dead) {
        throw lost();
      }
    } else {
      replace(use);
      align();
    }
    if (plain == null) {
      throw new IllegalStateException("no session");
    }
    return plain;
  }

  /** Another caller, a session that is too old, gone or in doubt: another one, if it is as good. */
  private void replace(Use use) throws SQLException {
    boolean same = holder.equals(caller);
    if (plain != null && (expired || !same)) {
      if (changed && same) {
        throw lost();
      }
      leave();
    }
    if (plain != null && dead && !(isReplaceable() && use.repeatable())) {
      inDoubt = isReplaceable();
      throw lost();
    }
    if ("setAutoCommit".equals(fault)) {
      fault = null;
      if (!isReplaceable()) {
        throw lost();
      }
      leave();
    }
    if (dead) {
      leave();
    }
    if (plain == null) {
      holder = String.valueOf(caller);
      sent.putAll(ORIGINAL);
      plain =
          database
              .open(SessionKey.of(database.credential(holder), ""), database.credential(holder))
              .connection();
    }
  }

  /** The handle's settings reach the session with the next call outside of a transaction. */
  private void align() throws SQLException {
    for (Map.Entry<JdbcProperty, Object> original : ORIGINAL.entrySet()) {
      JdbcProperty property = original.getKey();
      Object target = wanted.getOrDefault(property, original.getValue());
      if (plain != null && !target.equals(sent.get(property))) {
        try {
          property.write(plain, target);
          sent.put(property, target);
        } catch (SQLException e) {
          wanted.remove(property);
          sent.remove(property);
          throw PercredError.of(SessionError.NOT_ALIGNED, property, "refused").toSqlException();
        }
      }
    }
  }

  void set(JdbcProperty property, @Nullable Object value) throws SQLException {
    requireOpen();
    boolean ofTransaction =
        property == JdbcProperty.READ_ONLY || property == JdbcProperty.TRANSACTION_ISOLATION;
    if (ofTransaction && inTransaction && !value(property).equals(String.valueOf(value))) {
      throw PercredError.of(SessionError.IN_TRANSACTION, property).toSqlException();
    }
    if (property == JdbcProperty.AUTO_COMMIT
        && Boolean.TRUE.equals(value)
        && inTransaction
        && !autoCommits()) {
      end(true);
    }
    if (value == null) {
      wanted.remove(property);
    } else {
      wanted.put(property, value);
      if (property == JdbcProperty.SCHEMA) {
        // The session's may be another one: SQL changes it, too.
        sent.remove(property);
      }
    }
  }

  /** What was set on the handle, as H2 forgets some of it; nothing if nothing was. */
  private String value(JdbcProperty property) {
    return String.valueOf(wanted.get(property));
  }

  String get(JdbcProperty property) throws SQLException {
    requireOpen();
    return wanted.containsKey(property)
        ? value(property)
        : run(Use.LOOKING, session -> String.valueOf(property.read(session)));
  }

  /** The session's schema; without one of this caller the handle's own. */
  String schema() throws SQLException {
    requireOpen();
    try {
      return plain == null
          ? value(JdbcProperty.SCHEMA)
          : run(Use.LOOKING, session -> String.valueOf(session.getSchema()));
    } catch (SQLException e) {
      if (e.getSQLState().startsWith("28")) {
        return value(JdbcProperty.SCHEMA);
      }
      throw e;
    }
  }

  void end(boolean commit) throws SQLException {
    requireOpen();
    if (plain == null || isReplaceable()) {
      return;
    }
    String method = commit ? "commit" : "rollback";
    if (method.equals(fault)) {
      fault = null;
      throw new SQLException("a fault", "58030");
    }
    if (dead) {
      SQLException lost = lost();
      if (commit) {
        throw lost;
      }
      return;
    }
    if (commit) {
      plain.commit();
    } else {
      plain.rollback();
    }
    // The handle does not know whether that ended what SQL had begun.
    changed |= begunBySql;
    transactionEnded();
  }

  void endRequest() throws SQLException {
    requireOpen();
    leave();
  }

  void clearWarnings() throws SQLException {
    requireOpen();
    if (isIdle()) {
      leave();
    }
  }

  void close() throws SQLException {
    closed = true;
    leave();
  }

  /** The database ended the session; the handle finds out with its next call. */
  void kill() throws SQLException {
    if (plain != null) {
      dead = true;
      plain.rollback();
    }
  }

  void expire() {
    expired = plain != null;
  }

  /** The session is gone, and with it what its caller had in it. */
  SQLException lost() throws SQLException {
    String whose = holder;
    leave();
    return PercredError.of(SessionError.SESSION_LOST, whose, "lost").toSqlException();
  }

  private void leave() throws SQLException {
    Connection left = plain;
    plain = null;
    holder = "";
    if (left != null) {
      for (StatementModel statement : statements) {
        statement.leave(left);
      }
      for (ResultSet rows : ownRows) {
        rows.close();
      }
      ownRows.clear();
      left.rollback();
      left.close();
    }
    changed = false;
    unwrapped = false;
    dead = false;
    expired = false;
    transactionEnded();
  }

  private void transactionEnded() {
    inTransaction = false;
    begunBySql = false;
  }

  boolean autoCommits() {
    return !Boolean.FALSE.equals(wanted.get(JdbcProperty.AUTO_COMMIT));
  }

  private boolean isReplaceable() {
    return !inTransaction && !changed && !unwrapped;
  }

  private boolean isIdle() {
    try {
      for (ResultSet rows : ownRows) {
        if (!rows.isClosed()) {
          return false;
        }
      }
      return !inTransaction && statements.stream().noneMatch(each -> each.isOpenOn(plain));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void requireOpen() throws SQLException {
    if (closed) {
      throw UnitOfWork.closed("connection");
    }
  }

  static boolean isClosed(Statement statement) {
    try {
      return statement.isClosed();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
