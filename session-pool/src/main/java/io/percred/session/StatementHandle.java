package io.percred.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A statement of one caller. It may be executed on several sessions of that caller, as they end; a
 * new one gets what was set on the old one. Another caller is refused, whatever the method, but for
 * {@code close}, {@code cancel} and what only looks at the handle.
 */
final class StatementHandle implements InvocationHandler, SessionPart {
  private final UnitOfWork unit;
  private final Connection connection;
  private final Method maker;
  private final Object @Nullable [] makersArguments;
  private final ExpectedResults results = new ExpectedResults();
  private final RecordedCalls recorded = new RecordedCalls();
  private volatile @Nullable Statement physical;
  private volatile boolean closed;
  private @Nullable SessionLease lease;
  private @Nullable SessionKey owner;
  private @Nullable Statement handle;

  /** Those of the texts in the batch; null if it has none. */
  private @Nullable SqlTraits batch;

  private @Nullable ResultSet lastRows;
  private @Nullable ResultSet lastHandle;

  private StatementHandle(
      UnitOfWork unit, Connection connection, Method maker, Object @Nullable [] arguments) {
    this.unit = unit;
    this.connection = connection;
    this.maker = maker;
    this.makersArguments = arguments;
  }

  /** Makes a statement on the caller's session. */
  static Statement make(
      UnitOfWork unit, Connection connection, Method maker, Object @Nullable [] arguments)
      throws Throwable {
    StatementHandle statement = new StatementHandle(unit, connection, maker, arguments);
    unit.run(
        SessionUse.LOOKING,
        held -> {
          statement.makeOn(held);
          return null;
        });
    Statement handle =
        (Statement) Delegation.handle(maker.getReturnType().asSubclass(Statement.class), statement);
    statement.handle = handle;
    return handle;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Delegation.ofObject(proxy, "statement of " + connection, method, arguments);
    }
    switch (method.getName()) {
      case "close" -> {
        close();
        return null;
      }
      case "isClosed" -> {
        return isDone() || unit.isClosed();
      }
      case "cancel" -> {
        Statement running = physical;
        if (running != null) {
          running.cancel();
        }
        return null;
      }
      case "getConnection" -> {
        requireOpen();
        return connection;
      }
      default -> {
        requireOpen();
        return method.getDeclaringClass() == Wrapper.class
            ? wrapper(proxy, method, (Class<?>) Delegation.only(arguments))
            : guarded(method, arguments);
      }
    }
  }

  private @Nullable Object guarded(Method method, Object @Nullable [] arguments) throws Throwable {
    boolean executes = method.getName().startsWith("execute");
    SessionUse use = useOf(method, executes, arguments);
    try {
      return unit.run(
          use,
          held -> {
            Object result = call(held, method, arguments);
            recorded.record(method, arguments);
            noteBatch(method, arguments);
            noteResults(method, arguments, result, held);
            return result instanceof ResultSet rows ? handleOf(rows, held) : result;
          });
    } catch (SQLException e) {
      if (physical == null && SessionHold.isLost(e)) {
        // The caller has been told, and may begin anew with the same statement.
        recorded.forgetUnrepeatable();
        batch = null;
      }
      throw e;
    }
  }

  private @Nullable Object call(SessionLease held, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Statement made = on(held);
    if (VendorView.isVendors(method) && !unit.vendor().isHarmless(method)) {
      unit.unwrapped();
    }
    Object result = Delegation.call(made, method, arguments);
    return result instanceof Connection ? connection : result;
  }

  private void noteResults(
      Method method, Object @Nullable [] arguments, @Nullable Object result, SessionLease held)
      throws SQLException {
    if (method.getName().startsWith("execute")) {
      results.executed(textOf(arguments), unit.vendor());
    } else if (ExpectedResults.isAskedBy(method)
        && results.areMissing(
            Boolean.TRUE.equals(result), Objects.requireNonNull(physical, "statement"))) {
      throw unit.resultsLost(held);
    }
  }

  private SessionUse useOf(Method method, boolean executes, Object @Nullable [] arguments) {
    SqlTraits sql = SqlTraits.READS;
    if (executes) {
      SqlTraits batched = method.getName().endsWith("Batch") ? batch : null;
      sql = batched == null ? traitsOf(arguments) : batched;
    }
    return new SessionUse(owner, executes, sql, recorded.isRepeatable());
  }

  private SqlTraits traitsOf(Object @Nullable [] arguments) {
    return SqlTraits.of(textOf(arguments), unit.vendor());
  }

  /** The text that is given, or that was prepared. */
  private @Nullable String textOf(Object @Nullable [] arguments) {
    Object text = arguments == null ? null : arguments[0];
    if (!(text instanceof String) && makersArguments != null) {
      text = makersArguments[0];
    }
    return text instanceof String sql ? sql : null;
  }

  private void noteBatch(Method method, Object @Nullable [] arguments) {
    switch (method.getName()) {
      case "addBatch" -> {
        // A batch that does more than change rows is not told apart any further.
        if (arguments != null) {
          SqlTraits next = traitsOf(arguments);
          SqlTraits before = batch == null ? SqlTraits.UNREAD : batch;
          boolean plain = before.effect() == SqlEffect.NONE && next.effect() == SqlEffect.NONE;
          batch =
              new SqlTraits(
                  plain ? SqlEffect.NONE : SqlEffect.CHANGES_SESSION,
                  false,
                  before.asks() || next.asks());
        }
      }
      case "clearBatch", "executeBatch", "executeLargeBatch" -> batch = null;
      default -> {
        // No batch.
      }
    }
  }

  /** The vendor's statement on the session in use. */
  private Statement on(SessionLease held) throws Throwable {
    Statement made = physical;
    if (made != null && held == lease) {
      return made;
    }
    if (!recorded.isRepeatable()) {
      throw SessionHold.lost(held.key(), "a statement held a batch or a stream in it", null);
    }
    return makeOn(held);
  }

  private Statement makeOn(SessionLease held) throws Throwable {
    Statement made =
        (Statement)
            Objects.requireNonNull(
                Delegation.call(held.connection(), maker, makersArguments), maker.getName());
    physical = made;
    lease = held;
    owner = held.key();
    unit.opened(this);
    recorded.replayOn(made);
    return made;
  }

  private ResultSet handleOf(ResultSet rows, SessionLease held) {
    if (rows == lastRows && lastHandle != null) {
      return lastHandle;
    }
    ResultSet made = ResultSetHandle.of(unit, rows, held, Objects.requireNonNull(handle, "handle"));
    lastRows = rows;
    lastHandle = made;
    return made;
  }

  private @Nullable Object wrapper(Object proxy, Method method, Class<?> type) throws Throwable {
    boolean asksOnly = method.getName().equals("isWrapperFor");
    if (type.isInstance(proxy)) {
      return asksOnly ? true : proxy;
    }
    SessionKey key = Objects.requireNonNull(owner, "owner");
    SessionUse looking = SessionUse.LOOKING.of(key);
    if (!asksOnly
        && Boolean.TRUE.equals(unit.run(looking, held -> VendorView.isPossible(on(held), type)))) {
      return VendorView.of(maker.getReturnType(), type, this);
    }
    return unit.run(
        (asksOnly ? SessionUse.LOOKING : SessionUse.WORKING).of(key),
        held -> {
          Object result = Delegation.call(on(held), method, new Object[] {type});
          if (!asksOnly) {
            unit.unwrapped();
          }
          return result;
        });
  }

  private void requireOpen() throws SQLException {
    if (isDone()) {
      throw UnitOfWork.closed("statement");
    }
    unit.requireOpen("connection");
  }

  private void close() throws SQLException {
    if (!closed) {
      closed = true;
      try {
        Statement open = physical;
        if (open != null) {
          open.close();
        }
      } finally {
        unit.restLater();
      }
    }
  }

  @Override
  public boolean isDone() {
    Statement open = physical;
    try {
      // The vendor closes a statement by itself if it was told to do so with its rows.
      return closed || (open != null && open.isClosed());
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public boolean leaveSession() {
    // Also what the vendor has closed by itself stays closed.
    closed = isDone();
    Statement left = physical;
    physical = null;
    lease = null;
    try {
      if (left != null) {
        left.close();
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
