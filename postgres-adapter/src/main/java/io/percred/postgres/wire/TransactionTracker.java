package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;

/**
 * The transaction as it will be once the server has read everything that was sent: predicted on the
 * way out, corrected by every ReadyForQuery. {@code bound} belongs to the predicted transaction.
 * Binding again where in doubt is harmless; not binding never is. Confined to one connection.
 */
final class TransactionTracker {
  private TransactionStatus status = TransactionStatus.IDLE;
  private boolean confirmed;
  private boolean begunInGroup;
  private boolean groupOpen;
  private boolean ours;
  private boolean bound;
  private boolean boundIfBegun;
  private boolean unboundSavepoint;
  private int transaction;

  /** The number of the block that was there when the server last told all there is. */
  private int confirmedBlock;

  TransactionStatus status() {
    return status;
  }

  boolean isIdle() {
    return status == TransactionStatus.IDLE;
  }

  /** Whether the transaction, or the implicit one of the group, is bound. */
  boolean isBound() {
    return bound;
  }

  /** Whether a savepoint was set in front of the binding, so that a rollback to it undoes that. */
  boolean hasUnboundSavepoint() {
    return unboundSavepoint;
  }

  /** A number that changes whenever another transaction begins or one ends. */
  int transaction() {
    return transaction;
  }

  /** The number that the block had which the server told of last. */
  int confirmedBlock() {
    return confirmedBlock;
  }

  /** Whether percred began the block that is open. */
  boolean isOurs() {
    return ours;
  }

  /** Whether messages of the extended protocol were sent since the last Sync. */
  boolean isGroupOpen() {
    return groupOpen;
  }

  /**
   * Whether the caller's block is only predicted: its BEGIN was sent in an earlier group and may
   * have failed without the server skipping what comes now.
   */
  boolean isBlockInDoubt() {
    return status == TransactionStatus.BLOCK && !confirmed && !begunInGroup && !ours;
  }

  /** A message of the extended protocol goes out. */
  void extended() {
    groupOpen = true;
  }

  /** The binding goes out. */
  void bound() {
    bound = true;
  }

  /** The binding, or whether there is a transaction to hold it, is in doubt. */
  void doubtBinding() {
    bound = false;
    boundIfBegun = false;
  }

  /** percred's own BEGIN goes out. */
  void beganOurs() {
    ours = true;
    begin();
  }

  /** percred's own COMMIT or ROLLBACK goes out. */
  void endedOurs() {
    end();
  }

  /** A guard goes out that fails unless the block exists: what follows in the group is safe. */
  void requiredBlock() {
    begunInGroup = true;
  }

  /** A statement of the caller goes out to be executed. */
  void executed(StatementKind kind) {
    switch (kind) {
      case BEGIN -> {
        ours = false;
        if (isIdle()) {
          begin();
        }
      }
      case SAVEPOINT -> unboundSavepoint |= !bound;
      case TRANSACTION_END -> end();
      case TRANSACTION_CHAIN -> {
        doubtBinding();
        if (!isIdle()) {
          begin();
        }
      }
      case ROLLBACK_TO -> {
        doubtBinding();
        if (status == TransactionStatus.FAILED) {
          status = TransactionStatus.BLOCK;
        }
      }
      default -> {}
    }
  }

  /** A Sync goes out, or a Query or FunctionCall, each of which ends an implicit transaction. */
  void endedGroup() {
    groupOpen = false;
    begunInGroup = false;
    if (isIdle() || !confirmed) {
      // It holds if the server tells that the block is there and that nothing in it failed.
      boundIfBegun |= bound && !isIdle();
      bound = false;
    }
  }

  /**
   * ReadyForQuery came.
   *
   * @param actual what it says
   * @param predicted what was predicted for it
   * @param last whether nothing that was sent is still unanswered
   * @return whether the block of the {@link #confirmedBlock()} is still open, though its end was
   *     sent: the server did not get that far
   */
  boolean ready(TransactionStatus actual, TransactionStatus predicted, boolean last) {
    boolean stillOpen = false;
    if (last) {
      stillOpen = actual != TransactionStatus.IDLE && predicted == TransactionStatus.IDLE;
      if (!stillOpen) {
        confirmedBlock = transaction;
      }
      status = actual;
      confirmed = actual != TransactionStatus.IDLE;
      bound |= boundIfBegun && actual == TransactionStatus.BLOCK;
      boundIfBegun = false;
      bound &= confirmed && predicted != TransactionStatus.IDLE;
      ours &= confirmed;
    } else if ((actual == TransactionStatus.IDLE) != (predicted == TransactionStatus.IDLE)) {
      doubtBinding();
      confirmed = false;
    }
    return stillOpen;
  }

  private void begin() {
    status = TransactionStatus.BLOCK;
    confirmed = false;
    boundIfBegun = false;
    unboundSavepoint = false;
    begunInGroup = true;
    transaction++;
  }

  private void end() {
    status = TransactionStatus.IDLE;
    transaction++;
    doubtBinding();
    ours = false;
  }
}
