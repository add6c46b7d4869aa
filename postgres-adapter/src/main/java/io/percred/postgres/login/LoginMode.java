package io.percred.postgres.login;

import io.percred.postgres.PostgresError;
import io.percred.session.LoginPolicy;
import io.percred.session.SessionBounds;
import io.percred.session.SessionPool;
import io.percred.spi.AdapterContext;
import io.percred.spi.PercredError;
import io.percred.spi.Target;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Connections whose callers log in themselves. PostgreSQL knows who is asking from the login here,
 * and an open session outlives its token; so percred keeps the sessions, few per caller, and ends
 * them in time, see {@link SessionPool}. The protocol filter takes no part: there is nothing to
 * bind.
 */
public final class LoginMode {
  private LoginMode() {}

  /**
   * A connection that opens sessions as they are needed, none yet.
   *
   * @param driver the vendor's
   * @param url the vendor's URL
   * @param properties the vendor's properties
   * @throws SQLException with SQLSTATE 22023 if URL, properties or policy are not fit for a login
   *     with a token
   */
  public static Connection connect(
      Driver driver, String url, Properties properties, AdapterContext context)
      throws SQLException {
    LoginPolicy.check(context.settings());
    SessionBounds bounds = SessionBounds.of(context.settings());
    LoginRules rules = LoginRules.of(context.settings());
    LoginProperties login = LoginProperties.of(url, properties, rules, bounds.openTimeout());
    if (login.user() == null && LoginPolicy.isShared(context.settings())) {
      // pgjdbc would take the name of this process's account.
      throw PercredError.of(PostgresError.LOGIN_NEEDS_USER).toSqlException();
    }
    Target target = new Target(login.url(), login.user(), null);
    SessionPool pool =
        context.shared(
            SessionPool.class,
            () ->
                new SessionPool(
                    new PostgresSessions(driver, login, rules),
                    bounds,
                    target,
                    context.clock(),
                    context.listener()));
    return pool.connect(context, target, login.address());
  }
}
