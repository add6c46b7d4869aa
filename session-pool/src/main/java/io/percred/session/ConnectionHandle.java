package io.percred.session;

import io.percred.session.JdbcProperty.NetworkTimeout;
import io.percred.spi.HeldConnection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The connection that an application or a pool holds. It has no session until a statement needs
 * one.
 *
 * <table>
 * <caption>What needs no session and no caller</caption>
 * <tr><td>{@code isValid}</td><td>asks the session in use, if there is one. Without one true while
 * the handle is open, unless its only token is over or was denied</td></tr>
 * <tr><td>setters of JDBC properties</td><td>remembered, and set on each session that is taken; one
 * that a session refuses is forgotten again, with an error of the statement that took it
 * </td></tr>
 * <tr><td>getters of JDBC properties</td><td>what was set, else what a new session has; catalog and
 * schema are read from the session in use, else what was set, else a session is taken to read them
 * from, and null if nobody is calling</td></tr>
 * <tr><td>{@code commit}, {@code rollback}</td><td>nothing, if no transaction is open and none can
 * be: a text of several statements may have begun one</td></tr>
 * <tr><td>{@code getWarnings}</td><td>the session's in use, else null</td></tr>
 * <tr><td>{@code clearWarnings}</td><td>pools call it when a connection comes back: gives the session
 * back, if no transaction and no statement is open; what that remembers is another handle's
 * then</td></tr>
 * <tr><td>{@code beginRequest}</td><td>nothing</td></tr>
 * <tr><td>{@code endRequest}</td><td>gives the session back; an open transaction is rolled back</td>
 * </tr>
 * <tr><td>{@code close}</td><td>as {@code endRequest}, and the end of the handle; closing twice does
 * nothing</td></tr>
 * <tr><td>{@code abort}</td><td>the end of the handle; the executor closes the session, which is not
 * used again, without waiting for a statement that runs</td></tr>
 * <tr><td>{@code getMetaData}</td><td>metadata whose {@code getURL} and {@code getConnection} need
 * none either; everything else takes the caller's session</td></tr>
 * </table>
 *
 * <p>{@code unwrap} to a JDBC interface returns the handle, to {@link SessionSnapshot} the numbers
 * of the pool, to {@link HeldConnection} the hold on the handle; to one of the vendor's it takes
 * the caller's session, shows it, and has it closed when it is given back. What is reached that way
 * is not guarded; it ends with the unit of work. {@code isWrapperFor} takes the caller's session
 * too; it is false, not an error, if there is none.
 *
 * <p>Every other method, those of later JDBC versions included, takes the caller's session.
 * Statements, result sets and metadata lead back to the handle.
 *
 * <p>Thread-safe in that calls run one at a time; {@code abort}, {@code isClosed} and {@code
 * Statement.cancel} do not wait.
 */
final class ConnectionHandle implements InvocationHandler {
  private final UnitOfWork unit;
  private final HeldHandle hold;

  private ConnectionHandle(UnitOfWork unit, HeldHandle hold) {
    this.unit = unit;
    this.hold = hold;
  }

  static Connection open(UnitOfWork unit, HeldHandle hold) {
    return Delegation.handle(Connection.class, new ConnectionHandle(unit, hold));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return Delegation.ofObject(proxy, shown(), method, arguments);
    }
    if (method.getDeclaringClass() == Wrapper.class) {
      return wrapper(proxy, method, (Class<?>) Delegation.only(arguments));
    }
    Connection handle = (Connection) proxy;
    return switch (method.getName()) {
      case "close" -> {
        unit.close();
        yield null;
      }
      case "isClosed" -> unit.isClosed();
      case "abort" -> {
        unit.abort((Executor) Delegation.only(arguments));
        yield null;
      }
      case "isValid" -> isValid((Integer) Delegation.only(arguments));
      case "getMetaData" -> {
        unit.requireOpen("connection");
        yield Delegation.handle(DatabaseMetaData.class, new MetadataHandle(unit, handle));
      }
      case "createStatement", "prepareStatement", "prepareCall" ->
          StatementHandle.make(unit, handle, method, arguments);
      case "commit" -> {
        unit.endTransaction(true);
        yield null;
      }
      case "rollback" -> {
        if (arguments != null) {
          yield guarded(handle, method, arguments);
        }
        unit.endTransaction(false);
        yield null;
      }
      case "beginRequest", "endRequest", "getWarnings", "clearWarnings" -> requests(method);
      default -> property(handle, method, arguments);
    };
  }

  private @Nullable Object requests(Method method) throws Throwable {
    unit.requireOpen("connection");
    switch (method.getName()) {
      case "endRequest" -> unit.end();
      case "clearWarnings" -> unit.clearWarnings();
      case "getWarnings" -> {
        return unit.ask(held -> Delegation.call(held.connection(), method, null));
      }
      default -> {
        // A request begins by itself with its first statement.
      }
    }
    return null;
  }

  private @Nullable Object property(Connection handle, Method method, Object @Nullable [] arguments)
      throws Throwable {
    Object first = arguments == null ? null : arguments[0];
    return switch (method.getName()) {
      case "getAutoCommit" -> known(JdbcProperty.AUTO_COMMIT, method);
      case "isReadOnly" -> known(JdbcProperty.READ_ONLY, method);
      case "getTransactionIsolation" -> known(JdbcProperty.TRANSACTION_ISOLATION, method);
      case "getHoldability" -> known(JdbcProperty.HOLDABILITY, method);
      case "getTypeMap" ->
          // The application's to change and to set again.
          known(JdbcProperty.TYPE_MAP, method) instanceof Map<?, ?> types
              ? new HashMap<>(types)
              : null;
      case "getNetworkTimeout" ->
          known(JdbcProperty.NETWORK_TIMEOUT, method) instanceof NetworkTimeout timeout
              ? timeout.milliseconds()
              : 0;
      case "getCatalog", "getSchema" -> current(method);
      case "getClientInfo" -> clientInfo(first);
      case "setAutoCommit" -> set(JdbcProperty.AUTO_COMMIT, first);
      case "setReadOnly" -> set(JdbcProperty.READ_ONLY, first);
      case "setTransactionIsolation" -> set(JdbcProperty.TRANSACTION_ISOLATION, first);
      case "setHoldability" -> set(JdbcProperty.HOLDABILITY, first);
      case "setCatalog" -> set(JdbcProperty.CATALOG, first);
      case "setSchema" -> set(JdbcProperty.SCHEMA, first);
      case "setTypeMap" ->
          set(
              JdbcProperty.TYPE_MAP,
              first instanceof Map<?, ?> types ? new HashMap<>(types) : null);
      case "setNetworkTimeout" ->
          set(JdbcProperty.NETWORK_TIMEOUT, networkTimeout(Objects.requireNonNull(arguments)));
      case "setClientInfo" -> {
        setClientInfo(Objects.requireNonNull(arguments));
        yield null;
      }
      default -> guarded(handle, method, arguments);
    };
  }

  private @Nullable Object guarded(Connection handle, Method method, Object @Nullable [] arguments)
      throws Throwable {
    return unit.run(
        SessionUse.WORKING,
        lease -> {
          Object result = Delegation.call(lease.connection(), method, arguments);
          if (result instanceof ResultSet || result instanceof Statement) {
            // No method of today's JDBC; a later one must not hand out what leads to the session.
            unit.unwrapped();
          }
          return result instanceof Connection ? handle : result;
        });
  }

  private @Nullable Object wrapper(Object proxy, Method method, Class<?> type) throws Throwable {
    boolean asksOnly = method.getName().equals("isWrapperFor");
    if (type.isInstance(proxy)) {
      return asksOnly ? true : proxy;
    }
    if (type == SessionSnapshot.class) {
      return asksOnly ? true : unit.snapshot();
    }
    if (type == HeldConnection.class) {
      return asksOnly ? true : hold;
    }
    try {
      return unit.run(
          asksOnly ? SessionUse.LOOKING : SessionUse.WORKING,
          lease -> {
            Object result = Delegation.call(lease.connection(), method, new Object[] {type});
            if (!asksOnly) {
              unit.unwrapped();
            }
            return result;
          });
    } catch (SQLException e) {
      if (asksOnly) {
        return false;
      }
      throw e;
    }
  }

  private boolean isValid(int seconds) throws Throwable {
    return !unit.isClosed() && unit.isUsable(seconds);
  }

  private @Nullable Object set(JdbcProperty property, @Nullable Object value) throws SQLException {
    unit.setJdbcProperty(property, value);
    return null;
  }

  private @Nullable Object known(JdbcProperty property, Method method) throws Throwable {
    unit.requireOpen("connection");
    Object value = unit.jdbcProperty(property);
    if (value != null) {
      return value;
    }
    Object presumed = unit.vendor().presumed(property);
    if (presumed != null && !unit.hasSession()) {
      return presumed;
    }
    try {
      return answer(method);
    } catch (SQLInvalidAuthorizationSpecException e) {
      if (presumed == null) {
        throw e;
      }
      return presumed;
    }
  }

  private @Nullable Object current(Method method) throws Throwable {
    unit.requireOpen("connection");
    JdbcProperty property =
        method.getName().equals("getSchema") ? JdbcProperty.SCHEMA : JdbcProperty.CATALOG;
    Object set = unit.jdbcProperty(property);
    try {
      Object now = unit.hasSession() || (set == null && unit.hasCaller()) ? answer(method) : null;
      return now == null ? set : now;
    } catch (SQLInvalidAuthorizationSpecException e) {
      // Nobody is calling any more whose session that is.
      return set;
    }
  }

  private @Nullable Object answer(Method method) throws Throwable {
    return unit.answer(lease -> Delegation.call(lease.connection(), method, null));
  }

  private @Nullable Object clientInfo(@Nullable Object name) throws SQLException {
    unit.requireOpen("connection");
    Properties known = new Properties();
    if (unit.jdbcProperty(JdbcProperty.CLIENT_INFO) instanceof Properties set) {
      known.putAll(set);
    }
    return name == null ? known : known.getProperty((String) name);
  }

  /** JDBC has an exception of its own for this, and no other may leave the method. */
  private void setClientInfo(Object[] arguments) throws SQLClientInfoException {
    Properties wanted = clientInfoWith(arguments);
    if (!unit.vendor().knows(JdbcProperty.CLIENT_INFO) && !wanted.isEmpty()) {
      throw new SQLClientInfoException(
          "This database knows no client info",
          failed(wanted, ClientInfoStatus.REASON_UNKNOWN_PROPERTY));
    }
    try {
      unit.setJdbcProperty(JdbcProperty.CLIENT_INFO, wanted);
    } catch (SQLException e) {
      throw new SQLClientInfoException(
          e.getMessage(),
          e.getSQLState(),
          e.getErrorCode(),
          failed(wanted, ClientInfoStatus.REASON_UNKNOWN),
          e);
    }
  }

  private static Map<String, ClientInfoStatus> failed(Properties info, ClientInfoStatus reason) {
    return info.stringPropertyNames().stream()
        .collect(Collectors.toMap(Function.identity(), name -> reason));
  }

  private Properties clientInfoWith(Object[] arguments) {
    Properties next = new Properties();
    if (arguments.length == 1) {
      next.putAll((Properties) arguments[0]);
      return next;
    }
    if (unit.jdbcProperty(JdbcProperty.CLIENT_INFO) instanceof Properties set) {
      next.putAll(set);
    }
    if (arguments[1] == null) {
      next.remove(arguments[0]);
    } else {
      next.put(arguments[0], arguments[1]);
    }
    return next;
  }

  private static NetworkTimeout networkTimeout(Object[] arguments) {
    return new NetworkTimeout((Integer) arguments[1], (Executor) arguments[0]);
  }

  private String shown() {
    SessionKey last = unit.lastKey();
    return "percred connection to "
        + unit.target().url()
        + (last == null ? " without a session" : " with a session of " + last);
  }
}
