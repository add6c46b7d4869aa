package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;

/**
 * Which statements need no binding, by their kind and now, and which bound ones need no block.
 * Confined to one connection.
 */
final class Exemption {
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final BindingWriter writer;
  private final boolean switchesRole;
  private final SetUp setUp;

  /**
   * @param switchesRole whether a binding says as which role the statement runs
   * @param setUp whether a pool sets the connection up
   */
  Exemption(
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingWriter writer,
      boolean switchesRole,
      SetUp setUp) {
    this.tracker = tracker;
    this.caller = caller;
    this.writer = writer;
    this.switchesRole = switchesRole;
    this.setUp = setUp;
  }

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

  /** Whether the statement only ends something, or does nothing: anybody may, in any session. */
  static boolean isEnd(StatementKind kind) {
    return switch (kind) {
      case EMPTY, PING, TRANSACTION_END, TRANSACTION_CHAIN, ROLLBACK_TO, RELEASE -> true;
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
      case FAST, SESSION_QUERY, SAVEPOINT, LOCK, SET_SNAPSHOT, COPY_IN, COPY_OUT -> true;
      default -> isExempt(kind);
    };
  }

  /** Whether the statement needs no binding where it stands. */
  boolean isExemptNow(StatementKind kind) {
    return isExempt(kind)
        || isNobodys(kind)
        || (kind == StatementKind.SAVEPOINT && tracker.isIdle() && writer.needsBlock());
  }

  /**
   * Whether it is what pools and drivers send with nobody calling, or while they set a connection
   * up for whoever is. A binding behind a savepoint is undone by a rollback to it, and so in doubt
   * then.
   */
  boolean isNobodys(StatementKind kind) {
    return switch (kind) {
      case SESSION_QUERY -> !caller.isAnybody();
      case SAVEPOINT -> !tracker.isBound() && setUp.isNobodys();
      case SET_UP -> setUp.isUnderWay();
      default -> false;
    };
  }

  /**
   * What needs a credential but no binding: what cannot be bound, what the server refuses behind
   * one, what is to run in front of the snapshot that a binding takes. What may do without in the
   * service scope, too: what cannot run in a block, and what may commit inside, so that migrations
   * work.
   */
  boolean passesUnbound(StatementKind kind) {
    return kind == StatementKind.TWO_PHASE_END
        || kind == StatementKind.SET_SNAPSHOT
        || (kind == StatementKind.LOCK && isInCallersBlock() && !switchesRole)
        || ((kind == StatementKind.UNBINDABLE || kind == StatementKind.PROCEDURE)
            && tracker.isIdle()
            && !tracker.isBound()
            && !switchesRole
            && caller.isService());
  }

  private boolean isInCallersBlock() {
    return tracker.status() == TransactionStatus.BLOCK && !tracker.isOurs();
  }
}
