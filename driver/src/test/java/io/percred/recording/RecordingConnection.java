package io.percred.recording;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicBoolean;

/** The vendor's connection: can be closed and asked whether it is, nothing more. */
final class RecordingConnection {
  private RecordingConnection() {}

  static Connection open() {
    AtomicBoolean closed = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            RecordingConnection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "close" -> {
                    closed.set(true);
                    yield null;
                  }
                  case "isClosed" -> closed.get();
                  case "isValid" -> !closed.get();
                  case "getAutoCommit" -> true;
                  case "isReadOnly", "equals" -> false;
                  case "hashCode", "getTransactionIsolation", "getNetworkTimeout" -> 2;
                  case "toString" -> "RecordingConnection";
                  default -> null;
                });
  }
}
