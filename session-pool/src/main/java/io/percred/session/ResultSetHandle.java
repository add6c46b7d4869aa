package io.percred.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * Rows that lead back to the handle's statement. Reading them sends nothing in anybody's name, so
 * the caller is not compared; they end with the session's unit of work. So do rows within them,
 * such as those of a cursor that a function returned. What writes rows is guarded as a statement
 * is.
 */
final class ResultSetHandle implements InvocationHandler, SessionPart {
  private final UnitOfWork unit;
  private final ResultSet rows;
  private final SessionLease lease;
  private final @Nullable Statement statement;

  private ResultSetHandle(
      UnitOfWork unit, ResultSet rows, SessionLease lease, @Nullable Statement statement) {
    this.unit = unit;
    this.rows = rows;
    this.lease = lease;
    this.statement = statement;
  }

  /** The rows of a statement. */
  static ResultSet of(UnitOfWork unit, ResultSet rows, SessionLease lease, Statement statement) {
    return Delegation.handle(ResultSet.class, new ResultSetHandle(unit, rows, lease, statement));
  }

  /** Rows that keep the session busy by themselves. */
  static ResultSet onTheirOwn(
      UnitOfWork unit, ResultSet rows, SessionLease lease, @Nullable Statement statement) {
    ResultSetHandle handle = new ResultSetHandle(unit, rows, lease, statement);
    unit.opened(handle);
    return Delegation.handle(ResultSet.class, handle);
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    switch (method.getName()) {
      case "getStatement" -> {
        return statement;
      }
      case "close" -> {
        rows.close();
        unit.restLater();
        return null;
      }
      case "unwrap", "isWrapperFor" -> {
        return wrapper(proxy, method, (Class<?>) Delegation.only(arguments));
      }
      case "insertRow", "updateRow", "deleteRow", "refreshRow" -> {
        return unit.run(
            SessionUse.WORKING.of(lease.key()).once(),
            held -> Delegation.call(rows, method, arguments));
      }
      default -> {
        return method.getDeclaringClass() == Object.class
            ? Delegation.ofObject(proxy, "rows of " + statement, method, arguments)
            : read(method, arguments);
      }
    }
  }

  private @Nullable Object read(Method method, Object @Nullable [] arguments) throws Throwable {
    if (VendorView.isVendors(method) && !unit.vendor().isHarmless(method)) {
      unit.unwrapped();
    }
    try {
      Object result = Delegation.call(rows, method, arguments);
      return result instanceof ResultSet inner ? onTheirOwn(unit, inner, lease, statement) : result;
    } catch (SQLException e) {
      throw unit.notRead(lease, e);
    }
  }

  private Object wrapper(Object proxy, Method method, Class<?> type) throws SQLException {
    boolean asksOnly = method.getName().equals("isWrapperFor");
    if (type.isInstance(proxy)) {
      return asksOnly ? true : proxy;
    }
    if (asksOnly) {
      return ((Wrapper) rows).isWrapperFor(type);
    }
    if (VendorView.isPossible(rows, type)) {
      return VendorView.of(ResultSet.class, type, this);
    }
    unit.unwrapped();
    return ((Wrapper) rows).unwrap(type);
  }

  @Override
  public boolean isDone() {
    try {
      return rows.isClosed();
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public boolean leaveSession() {
    try {
      rows.close();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
