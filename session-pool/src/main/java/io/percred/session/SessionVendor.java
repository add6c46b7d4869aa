package io.percred.session;

import io.percred.spi.Credential;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an adapter knows about its database that the pool and the handles need. Thread-safe. */
public interface SessionVendor {
  /**
   * Logs in.
   *
   * @param key whose session it will be
   * @param credential the caller's credential; null for the static login of the URL
   * @throws SQLException if the login fails: with SQLSTATE 28000 if the credential was denied
   */
  PhysicalSession open(SessionKey key, @Nullable Credential credential) throws SQLException;

  /** Whether an error says that the session is of no more use, whatever is sent next. */
  boolean isSessionGone(SQLException error);

  /** What an SQL text does to the session that executes it. */
  SqlEffect effectOf(String sql);

  /**
   * What a new session's JDBC properties are without asking it. A property that is missing here is
   * read from a session before it is changed for the first time.
   */
  Map<JdbcProperty, Object> defaults();
}
