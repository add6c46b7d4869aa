package io.percred.session;

/** What an SQL text does to the session that executes it. */
public enum SqlEffect {
  /** Nothing that outlives its transaction. */
  NONE,
  /** It begins a transaction, whatever auto-commit says. */
  BEGINS_TRANSACTION,
  /** It ends the transaction. */
  ENDS_TRANSACTION,
  /** It may leave something behind: the session is not given to another unit of work. */
  CHANGES_SESSION
}
