package io.percred.session;

import io.percred.spi.Credential;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** H2 whose logins can be held up and whose connections can refuse a method. */
final class FaultyVendor extends H2Vendor {
  final CountDownLatch loggingIn = new CountDownLatch(1);
  volatile @Nullable CountDownLatch answer;

  /** The method that fails once, at the next call; nothing reaches the database. */
  volatile @Nullable String failing;

  FaultyVendor(String... users) throws SQLException {
    super(users);
  }

  @Override
  public PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException {
    CountDownLatch held = answer;
    if (held != null) {
      loggingIn.countDown();
      try {
        if (!held.await(30, TimeUnit.SECONDS)) {
          throw new SQLException("never answered");
        }
      } catch (InterruptedException e) {
        throw new SQLException(e);
      }
    }
    Connection connection = super.open(key, credential).connection();
    return PhysicalSession.of(
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals(failing)) {
                    failing = null;
                    throw new SQLException("the network is gone for a moment", "58030");
                  }
                  try {
                    return method.invoke(connection, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  @Override
  public boolean isAlive(PhysicalSession session, Duration timeout) {
    try {
      return session.connection().isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Only what the driver knows by itself; the rest is read from the session. */
  @Override
  public Map<JdbcProperty, Object> defaults() {
    return Map.of(JdbcProperty.AUTO_COMMIT, true, JdbcProperty.TYPE_MAP, Map.of());
  }

  @Override
  public boolean knows(JdbcProperty property) {
    return property != JdbcProperty.CLIENT_INFO;
  }
}
