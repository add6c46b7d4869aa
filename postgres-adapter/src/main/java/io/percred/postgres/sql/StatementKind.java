package io.percred.postgres.sql;

/**
 * What a statement means for the binding of a transaction. Whatever is not recognised without doubt
 * is {@link #OTHER}, which is never exempt from anything.
 */
public enum StatementKind {
  /** No statement at all: blanks, comments and semicolons only. */
  EMPTY,
  /** BEGIN or START TRANSACTION, with any options. */
  BEGIN,
  /** COMMIT, END, ROLLBACK or ABORT without a chain, and PREPARE TRANSACTION. */
  TRANSACTION_END,
  /** COMMIT, END, ROLLBACK or ABORT with AND CHAIN: a new transaction begins at once. */
  TRANSACTION_CHAIN,
  /** ROLLBACK TO a savepoint. */
  ROLLBACK_TO,
  /** RELEASE of a savepoint. */
  RELEASE,
  /** SAVEPOINT. */
  SAVEPOINT,
  /**
   * SET TRANSACTION, SET SESSION CHARACTERISTICS AS TRANSACTION and the SET of {@code
   * transaction_isolation} and its like: refused by the server after the first query of a
   * transaction.
   */
  SET_TRANSACTION,
  /**
   * SET TRANSACTION SNAPSHOT: what it takes over is data, but the server refuses it after the first
   * query of a transaction.
   */
  SET_SNAPSHOT,
  /** What pools and drivers send on their own: SET of an allowed name, SHOW, RESET, LISTEN, … */
  SESSION_CONTROL,
  /**
   * SET or RESET of a setting that pools may give the connections they open, and that is the
   * caller's everywhere else.
   */
  SET_UP,
  /** Exactly {@code SELECT} and one integer literal. */
  PING,
  /**
   * Exactly {@code SELECT} and {@code current_catalog}, {@code current_database()}, {@code
   * current_schema} or {@code current_schema()}: what pools ask of a connection on threads of their
   * own.
   */
  SESSION_QUERY,
  /** SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, WITH. */
  FAST,
  /** LOCK. */
  LOCK,
  /** COPY that reads from the client. */
  COPY_IN,
  /** Every other COPY: to the client, from and to files and programs. */
  COPY_OUT,
  /** COMMIT PREPARED or ROLLBACK PREPARED. */
  TWO_PHASE_END,
  /** A statement that PostgreSQL refuses in a transaction block, such as VACUUM. */
  UNBINDABLE,
  /** CALL or DO, which may commit inside. */
  PROCEDURE,
  /** Everything else. */
  OTHER
}
