package io.percred.postgres.wire;

import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;

/**
 * What the statements of a simple Query's text that need no binding may leave in the session, each
 * of them counted.
 *
 * @param begins whether one begins a transaction
 * @param leaves whether one may leave something in the session
 * @param leavesWithin whether one does so in the transaction that is open already
 * @param leavesBehind whether one does so behind the end of that transaction, where the session
 *     cannot be cleared in front of it
 */
record TextResidue(boolean begins, boolean leaves, boolean leavesWithin, boolean leavesBehind) {
  static TextResidue of(SqlText text, TransactionStatus status) {
    boolean open = status == TransactionStatus.BLOCK;
    boolean over = false;
    boolean begins = false;
    boolean within = false;
    boolean behind = false;
    boolean leaves = false;
    for (int i = 0; i < text.count(); i++) {
      StatementKind kind = text.kind(i);
      begins |= kind == StatementKind.BEGIN;
      over |= kind == StatementKind.TRANSACTION_END || kind == StatementKind.TRANSACTION_CHAIN;
      open = !over && (open || kind == StatementKind.ROLLBACK_TO);
      if (SessionResidue.isLeftBy(kind)) {
        within |= open;
        behind |= over && status != TransactionStatus.IDLE;
        leaves = true;
      }
    }
    return new TextResidue(begins, leaves, within, behind);
  }
}
