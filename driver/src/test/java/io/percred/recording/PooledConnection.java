package io.percred.recording;

import io.percred.spi.AdapterContext;
import io.percred.spi.HeldConnection;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pool's connection that remembers what was done with it and with percred's hold on it. */
public final class PooledConnection {
  /** What was done, in order. */
  public final List<String> calls = new ArrayList<>();

  private final @Nullable String url;
  private final @Nullable HeldConnection held;
  private final Function<AdapterContext, @Nullable HeldConnection> foreign;
  private boolean closed;
  private boolean lost;

  private PooledConnection(
      @Nullable String url,
      boolean held,
      Function<PooledConnection, Function<AdapterContext, @Nullable HeldConnection>> foreign) {
    this.url = url;
    this.held = held ? hold("held") : null;
    this.foreign = foreign.apply(this);
  }

  /** One that percred opened. */
  public static PooledConnection percreds() {
    return new PooledConnection("jdbc:recording://h/db", true, self -> context -> null);
  }

  /** One that percred did not open, of a database whose adapter binds nothing on such. */
  public static PooledConnection unbindable(@Nullable String url) {
    return new PooledConnection(url, false, self -> context -> null);
  }

  /** One that percred did not open. */
  public static PooledConnection foreign(List<AdapterContext> contexts) {
    return new PooledConnection(
        "jdbc:recording://h/db?secret=x",
        false,
        self ->
            context -> {
              contexts.add(context);
              return self.hold("foreign");
            });
  }

  /** The physical connection is gone. */
  public void lose() {
    lost = true;
  }

  /** The pool has it back already. */
  public void closeBehindTheDecorator() {
    closed = true;
  }

  @Nullable HeldConnection held() {
    return held;
  }

  @Nullable HeldConnection foreign(AdapterContext context) {
    return foreign.apply(context);
  }

  private HeldConnection hold(String kind) {
    return new HeldConnection() {
      @Override
      public void pin() throws SQLException {
        calls.add(kind + " pin");
        if (lost) {
          throw new SQLException("lost while pinning", "08006");
        }
      }

      @Override
      public void release() throws SQLException {
        calls.add(kind + " release");
        if (lost) {
          throw new SQLException("lost while releasing", "08006");
        }
      }
    };
  }

  /** The connection that the pool hands out. */
  public Connection connection() {
    return proxy(
        Connection.class,
        (name, argument) ->
            switch (name) {
              case "unwrap" -> this;
              case "isWrapperFor" -> argument == PooledConnection.class;
              case "isClosed" -> closed;
              case "isValid" -> !lost;
              case "close", "abort" -> {
                calls.add(name);
                yield null;
              }
              case "createStatement" -> {
                if (lost) {
                  throw new SQLException("lost", "08003");
                }
                yield statement();
              }
              case "getMetaData" ->
                  proxy(
                      DatabaseMetaData.class,
                      (each, of) -> each.equals("getURL") ? url : ofConnection(each));
              default -> throw new UnsupportedOperationException(name);
            });
  }

  private @Nullable Object ofConnection(String name) {
    return name.equals("getConnection") ? connection() : null;
  }

  private Statement statement() {
    return proxy(
        Statement.class,
        (name, argument) ->
            switch (name) {
              case "getConnection" -> connection();
              case "executeQuery" -> proxy(ResultSet.class, (each, of) -> null);
              case "execute" -> throw new SQLException("of the vendor's", "42601");
              default -> null;
            });
  }

  /** Answers one method. */
  private interface Answers {
    @Nullable Object to(String method, @Nullable Object argument) throws SQLException;
  }

  private static <T> T proxy(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            PooledConnection.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getName().equals("toString")
                    ? "pooled"
                    : answers.to(method.getName(), arguments == null ? null : arguments[0])));
  }
}
