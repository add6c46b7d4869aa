package io.percred.session;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Wrapper;

/**
 * A statement or rows of a handle, shown as one of the vendor's interfaces: what JDBC declares goes
 * the handle's way, and what the vendor adds is called on the vendor's object, as guarded as the
 * rest. So a query's id or its tag costs no session.
 */
final class VendorView {
  private VendorView() {}

  /** Whether {@code type} can be shown so: an interface of the vendor's that its object has. */
  static boolean isPossible(Object physical, Class<?> type) throws SQLException {
    return type.isInterface()
        && !Wrapper.class.isAssignableFrom(type)
        && (type.isInstance(physical) || ((Wrapper) physical).isWrapperFor(type));
  }

  /**
   * The view.
   *
   * @param handler answers the methods of both interfaces
   */
  static Object of(Class<?> jdbc, Class<?> type, InvocationHandler handler) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {jdbc, type}, handler);
  }

  /** Whether the vendor has added a method to JDBC's. */
  static boolean isVendors(Method method) {
    return !method.getDeclaringClass().getName().startsWith("java.");
  }
}
