package io.percred.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/** How handles are made and how they reach the vendor's objects. */
final class Delegation {
  private Delegation() {}

  /** An object of a JDBC interface, all of whose methods {@code handler} answers. */
  static <T> T handle(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(Delegation.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /**
   * Calls a method on the vendor's object, or on what that wraps if only that has it, and throws
   * what that throws.
   */
  static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Class<?> type = method.getDeclaringClass();
    Object receiver = type.isInstance(target) ? target : ((Wrapper) target).unwrap(type);
    try {
      return method.invoke(receiver, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** What {@code Object} declares: a handle is equal to itself only. */
  static Object ofObject(
      Object handle, String shown, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && handle == arguments[0];
      case "hashCode" -> System.identityHashCode(handle);
      default -> shown;
    };
  }

  /** The argument of a method with one parameter. */
  static Object only(Object @Nullable [] arguments) {
    if (arguments == null || arguments.length != 1) {
      throw new IllegalArgumentException("One argument expected");
    }
    return arguments[0];
  }
}
