package io.percred.checkout;

import io.percred.caller.CallerStack;
import io.percred.caller.OpenCaller;
import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connection that the application gets: the pool's, but for how it ends. Statements and
 * metadata lead back to it; rows are the pool's own. {@code unwrap} to an interface of the vendor's
 * gives the vendor's connection, which is as bound as this one and ends with it.
 */
final class DecoratedConnection implements InvocationHandler {
  private final Connection pooled;
  private final Checkout checkout;

  private DecoratedConnection(Connection pooled, Checkout checkout) {
    this.pooled = pooled;
    this.checkout = checkout;
  }

  static Connection of(Connection pooled, Checkout checkout) {
    return proxy(Connection.class, new DecoratedConnection(pooled, checkout));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, pooled, method, arguments);
    }
    switch (method.getName()) {
      case "close" -> {
        checkout.giveBack();
        return null;
      }
      case "isClosed" -> {
        return checkout.isEnded() || pooled.isClosed();
      }
      case "isValid" -> {
        return !checkout.isEnded()
            && Objects.equals(call(checkout, pooled, method, arguments), true);
      }
      case "abort" -> {
        if (checkout.isEnded()) {
          return null;
        }
        checkout.abort();
      }
      case "setClientInfo" -> requireOpenForClientInfo();
      default -> requireOpen();
    }
    if (method.getDeclaringClass() == Wrapper.class) {
      return unwrapped(proxy, pooled, method, arguments);
    }
    return decorated((Connection) proxy, call(checkout, pooled, method, arguments));
  }

  private void requireOpen() throws SQLException {
    requireOpen(checkout);
  }

  private static void requireOpen(Checkout checkout) throws SQLException {
    if (checkout.isEnded()) {
      throw PercredError.of(DriverError.GIVEN_BACK).toSqlException();
    }
  }

  /** The one method of a connection that may throw no other SQLException. */
  private void requireOpenForClientInfo() throws SQLClientInfoException {
    try {
      requireOpen();
    } catch (SQLException e) {
      throw new SQLClientInfoException(
          e.getMessage(), e.getSQLState(), e.getErrorCode(), Map.of(), e);
    }
  }

  private @Nullable Object decorated(Connection connection, @Nullable Object result)
      throws SQLException {
    Class<?> type =
        result instanceof CallableStatement
            ? CallableStatement.class
            : result instanceof PreparedStatement
                ? PreparedStatement.class
                : result instanceof Statement
                    ? Statement.class
                    : result instanceof DatabaseMetaData ? DatabaseMetaData.class : null;
    if (result instanceof PreparedStatement cached) {
      // A pool that keeps prepared statements keeps the last caller's warnings with them.
      cached.clearWarnings();
    }
    if (type != null) {
      return proxy(type, new Part(connection, Objects.requireNonNull(result), checkout));
    }
    return result instanceof Connection ? connection : result;
  }

  /**
   * A statement or metadata, which leads back to the decorated connection and ends with it: not
   * every pool closes the statements of a connection that it takes back.
   *
   * @param connection the decorated one
   * @param pooled the pool's statement or metadata
   * @param checkout ends with the connection
   */
  private record Part(Connection connection, Object pooled, Checkout checkout)
      implements InvocationHandler {
    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      if (method.getDeclaringClass() == Object.class) {
        return ofObject(proxy, pooled, method, arguments);
      }
      if (method.getDeclaringClass() == Wrapper.class) {
        return unwrapped(proxy, (Wrapper) pooled, method, arguments);
      }
      switch (method.getName()) {
        case "close" -> {}
        case "isClosed" -> {
          if (checkout.isEnded()) {
            return true;
          }
        }
        default -> requireOpen(checkout);
      }
      Object result = call(checkout, pooled, method, arguments);
      return result instanceof Connection ? connection : result;
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            DecoratedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
      Checkout checkout, Object target, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    OpenCaller entered = checkout.enter();
    try {
      return invokeOn(target, method, arguments);
    } finally {
      if (entered != null) {
        CallerStack.end(entered);
      }
    }
  }

  private static @Nullable Object invokeOn(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static @Nullable Object unwrapped(
      Object proxy, Wrapper target, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    if (arguments != null && ((Class<?>) Objects.requireNonNull(arguments[0])).isInstance(proxy)) {
      return method.getName().equals("isWrapperFor") ? true : proxy;
    }
    return invokeOn(target, method, arguments);
  }

  /** What {@code Object} declares: a proxy is equal to itself only. */
  private static Object ofObject(
      Object proxy, Object target, Method method, @Nullable Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "percred over " + target;
    };
  }
}
