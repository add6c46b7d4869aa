package io.percred.session;

import io.percred.spi.ErrorCode;

/** The errors of the session pool and its handles. */
public enum SessionError implements ErrorCode {
  /** Every session is in use. */
  EXHAUSTED(
      300,
      "53300",
      "No session for principal \"{principal}\" within {timeout}: {snapshot}.",
      "Raise percred.sessions.max or percred.sessions.max-per-caller, or find the requests that keep"
          + " their connection too long."),
  /** The login did not end in time. */
  OPEN_TIMED_OUT(
      301,
      "58000",
      "The database did not finish the login of principal \"{principal}\" within {timeout}. A"
          + " session that still arrives is closed; nothing was executed.",
      "See whether the database can be reached; percred.sessions.open-timeout is the deadline."),
  /** The pool was closed. */
  POOL_CLOSED(302, "08003", "The session pool is closed.", "Open no work after shutting down."),
  /** The handle was closed. */
  HANDLE_CLOSED(303, "08003", "This {object} is closed.", "Get a new one."),
  /** Another caller within a transaction. */
  CALLER_CHANGED(
      304,
      "28000",
      "The transaction was begun for principal \"{principal}\" and another caller wants to continue"
          + " it. Nothing was sent to the database; the transaction is still open.",
      "Commit or roll back before the caller changes, or choose percred.on-change=keep."),
  /** Another caller's statement. */
  FOREIGN_STATEMENT(
      305,
      "28000",
      "This statement was made for principal \"{principal}\" and another caller wants to use it."
          + " Nothing was sent to the database.",
      "Make statements within the request that executes them; switch off statement caches of outer"
          + " pools."),
  /** Nobody cannot log in. */
  ANONYMOUS(
      306,
      "28000",
      "No credential for this transaction, and nobody can log in to this database anonymously."
          + " Nothing was sent to the database.",
      "Open a CallerContext around the request, or choose percred.on-missing=reject or shared."),
  /** The database ended the session. */
  SESSION_LOST(
      307,
      "40003",
      "The session of principal \"{principal}\" has ended ({reason}); what it held for this connection"
          + " (a transaction, temporary tables, settings, a batch) is gone.",
      "Repeat the unit of work; the next statement opens a new session."),
  /** The connection broke before an answer came. */
  OUTCOME_UNKNOWN(
      312,
      "40003",
      "The session of principal \"{principal}\" ended before it answered, and whether {what} is not"
          + " known. What it held for this connection (a transaction, temporary tables, settings, a"
          + " batch) is gone.",
      "See what was done before repeating it; the next statement opens a new session."),
  /** A property that holds for a whole transaction. */
  IN_TRANSACTION(
      313,
      "25001",
      "{property} cannot change while a transaction is open. Nothing was changed.",
      "Commit or roll back first."),
  /** The waiting thread was interrupted. */
  INTERRUPTED(
      308,
      "57014",
      "The thread was interrupted while it waited for a session of principal \"{principal}\".",
      "The interrupt flag is set again."),
  /** The adapter threw something that no contract names. */
  OPEN_FAILED(
      309,
      "58000",
      "Opening a session for principal \"{principal}\" failed: {exception}.",
      "This is a defect of the adapter or of the vendor's driver; see the cause."),
  /** A session could not take over the state of its handle. */
  NOT_ALIGNED(
      310,
      "58000",
      "The session could not take over {property} of this connection: {reason}. The property is as"
          + " if it had not been set.",
      "See the cause."),
  /** The credential that came with the connection. */
  ONLY_TOKEN_OVER(
      314,
      "08003",
      "The only token that this connection can have, the one of its own properties, is over or was"
          + " denied: no statement on it will succeed.",
      "Get a new connection. Connection pools do so by themselves, with the credentials that they have"
          + " then."),
  /** A handle that was kept beyond its checkout. */
  PINNED_TO_ANOTHER(
      315,
      "28000",
      "The connection was taken from its pool for another caller than the one whose CallerContext is"
          + " open on this thread. Nothing was sent to the database.",
      "Keep nothing of a connection beyond its close(). To work for another caller, take another"
          + " connection."),
  /** Nobody cannot log in, and that is known before anybody tries. */
  ANONYMOUS_POLICY(
      311,
      "22023",
      "percred.on-missing is \"anonymous\", and nobody can log in to this database anonymously."
          + " Nothing was opened.",
      "Choose percred.on-missing=reject, or shared with a login that everybody may use.");

  private final int number;
  private final String sqlState;
  private final String message;
  private final String remedy;

  SessionError(int number, String sqlState, String message, String remedy) {
    this.number = number;
    this.sqlState = sqlState;
    this.message = message;
    this.remedy = remedy;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String sqlState() {
    return sqlState;
  }

  @Override
  public String message() {
    return message;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
