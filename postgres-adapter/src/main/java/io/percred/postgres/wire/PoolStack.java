package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.XADataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a pool's set-up by the pool's own methods on the stack. While a method that makes a
 * connection has not returned, the application has not got that connection, so what is sent on it
 * is the pool's. A method that hands connections out is no proof: an application that puts a
 * DataSource of its own around a pool sets its callers' schema there. One per configuration, so
 * that each warning is given once; safe for many threads.
 */
public final class PoolStack implements SetUpWitness {
  private static final Logger LOG = LoggerFactory.getLogger(PoolStack.class);

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /**
   * Methods that make connections or prepare them for their next user, by simple class name and
   * method. The packages are what is left of them when a pool is relocated into another jar.
   */
  private static final Map<String, String> OF_POOLS =
      Map.of(
          "PoolBase.newConnection", "hikari.pool.",
          "ConnectionPool.createConnection", "tomcat.jdbc.pool.",
          "ConnectionState.reset", "tomcat.jdbc.pool.interceptor.",
          "PoolableConnectionFactory.makeObject", "dbcp2.",
          "PoolableConnectionFactory.activateObject", "dbcp2.",
          "PoolableManagedConnectionFactory.makeObject", "dbcp2.managed.",
          "ConnectionFactory.createConnection", "agroal.pool.");

  private static final String OF_DRIVER = "org.postgresql.jdbc.PgConnection";
  private static final String CONSTRUCTOR = "<init>";

  /** Methods by which JDBC lets a pool, and never an application, make a connection. */
  private static final List<String> OF_JDBC = List.of("getPooledConnection", "getXAConnection");

  private static final String REMEDY =
      " If a pool sets its connections up so, start it while nobody is calling, or put settings"
          + " into the URL (currentSchema, options=-c%20NAME=VALUE) or the login role (ALTER ROLE …"
          + " SET). See docs/guides/pools.md. This is said once.";

  private final AtomicBoolean saidUnsure = new AtomicBoolean();
  private final AtomicBoolean saidRan = new AtomicBoolean();

  @Override
  public Sender look() {
    return STACK.walk(
        frames -> {
          Sender found = Sender.UNKNOWN;
          for (StackFrame frame : (Iterable<StackFrame>) frames::iterator) {
            if (isPools(frame)) {
              return Sender.POOL;
            }
            if (isDrivers(frame)) {
              found = Sender.DRIVER;
            }
          }
          return found;
        });
  }

  private static boolean isDrivers(StackFrame frame) {
    return frame.getMethodName().equals(CONSTRUCTOR) && frame.getClassName().equals(OF_DRIVER);
  }

  private static boolean isPools(StackFrame frame) {
    String method = frame.getMethodName();
    if (OF_JDBC.contains(method)) {
      return !frame.getClassName().startsWith("org.postgresql.")
          && (ConnectionPoolDataSource.class.isAssignableFrom(frame.getDeclaringClass())
              || XADataSource.class.isAssignableFrom(frame.getDeclaringClass()));
    }
    String type = frame.getClassName();
    int simple = type.lastIndexOf('.') + 1;
    if (method.equals("createManagedConnection")) {
      return type.endsWith("ManagedConnectionFactory");
    }
    String packages = OF_POOLS.get(type.substring(simple) + '.' + method);
    return packages != null && ('.' + type.substring(0, simple)).endsWith('.' + packages);
  }

  @Override
  public void unsure(SessionChange change) {
    if (saidUnsure.compareAndSet(false, true)) {
      LOG.warn(
          "A connection that was opened while somebody was calling begins with {} {}, and no pool"
              + " that percred knows sent it. It counts as that caller's own: it is cleared when"
              + " another caller comes.{}",
          change.verb(),
          String.join(", ", change.names()),
          REMEDY);
    }
  }

  @Override
  public void ranForCaller() {
    if (saidRan.compareAndSet(false, true)) {
      LOG.warn(
          "A pool sets a connection up with a statement that needs a caller, and it ran for whoever"
              + " is calling. What it leaves in the session is cleared when another caller comes.{}",
          REMEDY);
    }
  }
}
