package io.percred.session;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLXML;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was set on a statement, to set it on another one that takes its place on a new session. Only
 * the last value of each parameter and option is kept. Holds the caller's bind values; shows none.
 */
final class RecordedCalls {
  private interface Call {
    @Nullable Object on(Object statement) throws Throwable;
  }

  private static final String PARAMETER = "parameter ";

  private static final List<Class<?>> BOUND_TO_SESSION =
      List.of(
          InputStream.class,
          Reader.class,
          Blob.class,
          Clob.class,
          Array.class,
          Ref.class,
          RowId.class,
          SQLXML.class);

  private final Map<String, Call> calls = new LinkedHashMap<>();

  /** The calls that a session took what cannot be read again with. */
  private final Set<String> unrepeatable = new HashSet<>();

  private boolean batched;

  /** Notes a call that succeeded. */
  void record(Method method, Object @Nullable [] arguments) {
    switch (method.getName()) {
      case "clearParameters" -> {
        calls.keySet().removeIf(RecordedCalls::isOfParameter);
        unrepeatable.removeIf(RecordedCalls::isOfParameter);
      }
      case "closeOnCompletion" -> put(method.getName(), method, arguments);
      case "addBatch" -> batched = true;
      case "clearBatch", "executeBatch", "executeLargeBatch" -> batched = false;
      default -> recordSetter(method, arguments);
    }
  }

  /** Whether another statement can take over. */
  boolean isRepeatable() {
    return !batched && unrepeatable.isEmpty();
  }

  /** What kept another statement from taking over is gone with its session. */
  void forgetUnrepeatable() {
    batched = false;
    calls.keySet().removeAll(unrepeatable);
    unrepeatable.clear();
  }

  /** Sets everything on a new statement. */
  void replayOn(Object statement) throws Throwable {
    for (Call call : calls.values()) {
      call.on(statement);
    }
  }

  private void recordSetter(Method method, Object @Nullable [] arguments) {
    String name = method.getName();
    boolean out = name.equals("registerOutParameter");
    if (arguments == null || !(out || name.startsWith("set"))) {
      return;
    }
    boolean ofParameter =
        method.getDeclaringClass() == PreparedStatement.class
            || method.getDeclaringClass() == CallableStatement.class;
    String kind = out ? "out parameter " : PARAMETER;
    // The vendor's own, such as setParameter, name what they set.
    boolean named = VendorView.isVendors(method) && arguments.length > 1;
    String key = ofParameter ? kind + arguments[0] : named ? name + ' ' + arguments[0] : name;
    put(key, method, arguments);
    if (Stream.of(arguments).anyMatch(RecordedCalls::isBoundToSession)) {
      unrepeatable.add(key);
    } else {
      unrepeatable.remove(key);
    }
  }

  private void put(String key, Method method, Object @Nullable [] arguments) {
    calls.put(key, statement -> Delegation.call(statement, method, arguments));
  }

  private static boolean isOfParameter(String key) {
    return key.startsWith(PARAMETER);
  }

  private static boolean isBoundToSession(@Nullable Object argument) {
    return BOUND_TO_SESSION.stream().anyMatch(type -> type.isInstance(argument));
  }
}
