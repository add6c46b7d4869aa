package io.percred.session;

import io.percred.spi.Credential;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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

  /**
   * Of an error that says that the session is gone: whether the statement may have been executed
   * before, all of it or a part. It is not repeated then.
   *
   * @param effect what the statement does to its session
   */
  default boolean mayHaveRun(SQLException error, SqlEffect effect) {
    return false;
  }

  /**
   * The same of a statement that does more than {@linkplain #onlyReads read}, whatever it is, and
   * of a commit.
   */
  default boolean mayHaveWritten(SQLException error) {
    return false;
  }

  /**
   * Whether a session that nobody used for a while still answers. Where a statement that meets a
   * lost session is never left in doubt, there is no need to ask, and this is true.
   *
   * @param timeout how long the answer may take; positive
   */
  default boolean isAlive(PhysicalSession session, Duration timeout) {
    return true;
  }

  /**
   * How long a session that nobody used counts as one that is still there. Half a second, as long
   * as HikariCP trusts a connection; sessions that do not hang on one may be trusted for longer.
   */
  default Duration trusted() {
    return Duration.ofMillis(500);
  }

  /**
   * How many results a text gives, of a driver that says that there are no more when it cannot
   * fetch the next one; 0 where it is not known, or where drivers tell.
   */
  default int resultsOf(String sql) {
    return 0;
  }

  /**
   * Whether a method that the vendor adds to JDBC's leaves nothing in the session and leads nowhere
   * else, such as one that tells a query's id. Others may be called, too; the session is not used
   * for another unit of work then.
   */
  default boolean isHarmless(Method method) {
    return false;
  }

  /**
   * Whether the driver has begun a transaction in the session by itself, for a lookup of its own.
   * Asks the driver, not the database.
   *
   * @throws SQLException if the driver cannot tell
   */
  default boolean isInTransaction(Connection connection) throws SQLException {
    return false;
  }

  /** What an SQL text does to the session that executes it. */
  SqlEffect effectOf(String sql);

  /**
   * Whether an SQL text only reads, whatever it calls: executed twice it does what it does once,
   * and unless the vendor {@linkplain #remembersEverything remembers everything}, nothing can be
   * asked about it afterwards. Where that cannot be proved it is false.
   */
  default boolean onlyReads(String sql) {
    return false;
  }

  /**
   * Whether sessions remember each statement, such as the id of the last query, and not only what
   * those left that do more than read, such as the key they generated.
   */
  default boolean remembersEverything() {
    return false;
  }

  /**
   * Whether an SQL text asks for what the session remembers of statements before this text. One
   * that could do so only in what it calls need not be found: see {@link #forget}.
   */
  default boolean asksMemory(String sql) {
    return false;
  }

  /**
   * Makes a session forget what it remembers of its statements, so that whoever asks gets an error
   * of the database.
   *
   * @return false if there is no way, and nothing was sent
   */
  default boolean forget(Connection connection) throws SQLException {
    return false;
  }

  /**
   * What a new session's JDBC properties are without asking it. A property that is missing here is
   * read from a session before it is changed for the first time.
   */
  Map<JdbcProperty, Object> defaults();

  /**
   * Whether sessions can have a property at all. One that they cannot is refused when it is set,
   * not when a session takes it over.
   */
  default boolean knows(JdbcProperty property) {
    return true;
  }

  /**
   * What a handle without a session says of a property that {@link #defaults} does not name; null
   * makes it take a session and ask. Nothing is left unset because of it.
   */
  default @Nullable Object presumed(JdbcProperty property) {
    return null;
  }

  /**
   * What a credential says about the session it opens, besides whose it is: part of the key, so by
   * {@code equals}.
   *
   * @throws SQLException if it cannot open one: with SQLSTATE 28000
   */
  default Object shapeOf(Credential credential) throws SQLException {
    return "";
  }

  /**
   * Gives a session a property back that it had when it was new, for its caller's next handle.
   *
   * @param original what {@link #defaults} says or was read from the session
   */
  default void restore(Connection connection, JdbcProperty property, Object original)
      throws SQLException {
    property.write(connection, original);
  }
}
