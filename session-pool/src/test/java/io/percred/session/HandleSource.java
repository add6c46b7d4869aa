package io.percred.session;

import io.percred.spi.Target;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Hands out handles of one session pool, as percred's DataSource does. */
final class HandleSource implements DataSource {
  final AtomicInteger handed = new AtomicInteger();
  private final SessionPool pool;
  private final TestContext context;
  private final Target target;

  HandleSource(SessionPool pool, TestContext context, Target target) {
    this.pool = pool;
    this.context = context;
    this.target = target;
  }

  @Override
  public Connection getConnection() {
    handed.incrementAndGet();
    return pool.connect(context, target, "shape");
  }

  @Override
  public Connection getConnection(String user, String password) {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("nothing to unwrap");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
