package io.percred.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/** Metadata as the caller's session sees it; see {@link ConnectionHandle}. */
final class MetadataHandle implements InvocationHandler {
  private final UnitOfWork unit;
  private final Connection connection;

  MetadataHandle(UnitOfWork unit, Connection connection) {
    this.unit = unit;
    this.connection = connection;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Delegation.ofObject(proxy, "metadata of " + connection, method, arguments);
    }
    unit.requireOpen("connection");
    boolean unwraps = false;
    if (method.getDeclaringClass() == Wrapper.class) {
      boolean asksOnly = method.getName().equals("isWrapperFor");
      if (((Class<?>) Delegation.only(arguments)).isInstance(proxy)) {
        return asksOnly ? true : proxy;
      }
      unwraps = !asksOnly;
    }
    if (method.getName().equals("getConnection")) {
      return connection;
    }
    if (method.getName().equals("getURL")) {
      return unit.target().url();
    }
    return ask(method, arguments, unwraps);
  }

  private @Nullable Object ask(Method method, Object @Nullable [] arguments, boolean unwraps)
      throws Throwable {
    UnitOfWork.Work question =
        lease -> {
          Object result = Delegation.call(lease.connection().getMetaData(), method, arguments);
          if (unwraps) {
            unit.unwrapped();
          }
          return result instanceof ResultSet rows
              ? ResultSetHandle.onTheirOwn(unit, rows, lease, null)
              : result;
        };
    return ResultSet.class.isAssignableFrom(method.getReturnType())
        ? unit.run(SessionUse.BROWSING, question)
        : unit.answer(question);
  }
}
