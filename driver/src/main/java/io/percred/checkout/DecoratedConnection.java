package io.percred.checkout;

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
        return !checkout.isEnded() && Objects.equals(call(pooled, method, arguments), true);
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
    return decorated((Connection) proxy, call(pooled, method, arguments));
  }

  private void requireOpen() throws SQLException {
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

  private static @Nullable Object decorated(Connection connection, @Nullable Object result) {
    Class<?> type =
        result instanceof CallableStatement
            ? CallableStatement.class
            : result instanceof PreparedStatement
                ? PreparedStatement.class
                : result instanceof Statement
                    ? Statement.class
                    : result instanceof DatabaseMetaData ? DatabaseMetaData.class : null;
    if (type != null) {
      return proxy(type, new Part(connection, Objects.requireNonNull(result)));
    }
    return result instanceof Connection ? connection : result;
  }

  /**
   * A statement or metadata, which only leads back to the decorated connection.
   *
   * @param connection the decorated one
   * @param pooled the pool's statement or metadata
   */
  private record Part(Connection connection, Object pooled) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      if (method.getDeclaringClass() == Object.class) {
        return ofObject(proxy, pooled, method, arguments);
      }
      if (method.getDeclaringClass() == Wrapper.class) {
        return unwrapped(proxy, (Wrapper) pooled, method, arguments);
      }
      Object result = call(pooled, method, arguments);
      return result instanceof Connection ? connection : result;
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            DecoratedConnection.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object call(
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
    return call(target, method, arguments);
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
