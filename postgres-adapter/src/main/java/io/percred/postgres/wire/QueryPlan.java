package io.percred.postgres.wire;

import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;

/**
 * How the text of a simple Query gets its binding. The server reads the whole text as one message,
 * so nothing can be put between its statements; but leading BEGIN and SET TRANSACTION can be sent
 * ahead of it, and the binding behind them.
 *
 * @param due the kind of the first statement that needs a binding, or EMPTY if none does
 * @param ahead how many leading statements are sent ahead, if a binding is due
 * @param torn whether nobody can tell where the statements end, or a statement that needs a binding
 *     stands behind the end of a transaction, or behind ROLLBACK TO, where no binding can be
 * @param copiesIn whether the server will ask for COPY data
 * @param takesSnapshot whether SET TRANSACTION SNAPSHOT is among the leading statements: it needs a
 *     credential, and the binding behind it
 */
record QueryPlan(
    StatementKind due, int ahead, boolean torn, boolean copiesIn, boolean takesSnapshot) {

  /**
   * @param exemption what needs no binding
   */
  static QueryPlan of(SqlText text, TransactionTracker tracker, Exemption exemption) {
    TransactionStatus status = tracker.status();
    // ROLLBACK TO takes the transaction back to where only an earlier binding can be in force.
    boolean boundBefore =
        tracker.isBound() && status == TransactionStatus.BLOCK && !tracker.hasUnboundSavepoint();
    StatementKind due = StatementKind.EMPTY;
    int ahead = 0;
    boolean leading = true;
    boolean ended = false;
    // Where statements end depends on the server's version: any of them may be hidden in another.
    boolean torn = text.ambiguous();
    boolean copiesIn = false;
    boolean takesSnapshot = false;
    for (int i = 0; i < text.count(); i++) {
      StatementKind kind = text.kind(i);
      leading &=
          kind == StatementKind.BEGIN
              || (isTransactionSetting(kind) && (ahead > 0 || status == TransactionStatus.BLOCK));
      ahead += leading ? 1 : 0;
      ended |= kind == StatementKind.TRANSACTION_END || kind == StatementKind.TRANSACTION_CHAIN;
      ended |= kind == StatementKind.ROLLBACK_TO && !boundBefore;
      copiesIn |= kind == StatementKind.COPY_IN;
      if (leading && kind == StatementKind.SET_SNAPSHOT) {
        takesSnapshot = true;
      } else if (!Exemption.isExempt(kind) && !exemption.isNobodys(kind)) {
        torn |= ended;
        due = due == StatementKind.EMPTY ? kind : due;
      }
    }
    return new QueryPlan(amongOthers(due, text), ahead, torn, copiesIn, takesSnapshot);
  }

  private static boolean isTransactionSetting(StatementKind kind) {
    return kind == StatementKind.SET_TRANSACTION || kind == StatementKind.SET_SNAPSHOT;
  }

  /** What may do without a binding in the service scope may do so only if it stands alone. */
  private static StatementKind amongOthers(StatementKind due, SqlText text) {
    return text.count() > 1 && due != StatementKind.EMPTY ? StatementKind.OTHER : due;
  }

  boolean isDue() {
    return due != StatementKind.EMPTY;
  }
}
