package io.percred.postgres.wire;

import io.percred.spi.PercredError;

/**
 * Refuses what a caller sent, and swallows what follows up to Sync.
 *
 * <p>Where nothing was sent to the server that a refusal would have to undo, it is answered here,
 * in the {@link ReplyQueue}. Inside a transaction the server itself is made to fail the transaction
 * with a statement that it cannot parse, and its error is replaced by the refusal: so COMMIT
 * becomes ROLLBACK, and what follows gets 25P02 from the one who knows the state. Confined to one
 * connection.
 */
final class Refusals {
  private final TransactionTracker tracker;
  private final BindingWriter writer;
  private final ConnectionHistory history;
  private boolean swallowing;

  Refusals(TransactionTracker tracker, BindingWriter writer, ConnectionHistory history) {
    this.tracker = tracker;
    this.writer = writer;
    this.history = history;
  }

  /** Whether messages are swallowed up to the next Sync. */
  boolean isSwallowing() {
    return swallowing;
  }

  /** Refuses a message and swallows what follows up to Sync. */
  void refuse(PercredError error) {
    history.refused(error);
    if (isOfServer()) {
      writer.failTransaction(error);
      tracker.extended();
    } else {
      writer.replies().answer(Answers.error(error));
    }
    swallowing = true;
  }

  /**
   * Answers a message with an error that fails nothing on the server, and swallows what follows up
   * to Sync: the driver is to send it again in another way.
   */
  void sendBack(PercredError error) {
    history.refused(error);
    writer.replies().answer(Answers.error(error));
    swallowing = true;
  }

  /**
   * A Sync comes, which ends the swallowing.
   *
   * @return whether it was answered here, because the server has heard nothing of its group
   */
  boolean endsHere() {
    boolean local = swallowing && !isOfServer();
    swallowing = false;
    if (local) {
      writer.replies().answer(Answers.readyForQuery(TransactionStatus.IDLE));
    }
    return local;
  }

  /** Whether the server has begun something that has to fail. */
  private boolean isOfServer() {
    return tracker.isGroupOpen() || !tracker.isIdle();
  }
}
