package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;

/** Which statements need no binding, and which bound ones need no block. */
final class Exemption {
  private Exemption() {}

  /**
   * Whether the statement cannot touch data: what pools and drivers send on their own threads, and
   * what begins or ends transactions. A binding in front of SET TRANSACTION would take the
   * snapshot, and the server would refuse it.
   */
  static boolean isExempt(StatementKind kind) {
    return switch (kind) {
      case EMPTY,
          BEGIN,
          TRANSACTION_END,
          TRANSACTION_CHAIN,
          ROLLBACK_TO,
          RELEASE,
          SET_TRANSACTION,
          SESSION_CONTROL,
          PING ->
          true;
      default -> false;
    };
  }

  /**
   * Whether the implicit transaction of a group of extended messages holds the binding for this
   * statement. What can commit inside needs a block: up to PostgreSQL 17 a procedure that commits
   * in an implicit transaction goes on unbound.
   */
  static boolean fitsImplicitTransaction(StatementKind kind) {
    return switch (kind) {
      case FAST, SESSION_QUERY, SAVEPOINT, LOCK, COPY_IN, COPY_OUT -> true;
      default -> isExempt(kind);
    };
  }
}
