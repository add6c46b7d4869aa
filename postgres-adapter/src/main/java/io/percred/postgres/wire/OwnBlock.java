package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;

/**
 * The end of the block that percred puts around what cannot be bound without one: COMMIT behind the
 * caller's messages, later if the server reads COPY data first, ROLLBACK if something of percred's
 * failed, or nothing at all if the caller's own BEGIN, COMMIT or ROLLBACK took the block over.
 * Confined to one connection.
 */
final class OwnBlock {
  private final TransactionTracker tracker;
  private final BindingWriter writer;
  private final ReplyQueue replies;
  private final Runnable endedGroup;

  private boolean closingDeferred;

  /** Whether the server may read COPY data now, and ignore the Sync behind the Execute. */
  private boolean copiesInGroup;

  /** Whether the deferred closing waits for the Sync behind the COPY data. */
  private boolean closesAtSync;

  private boolean claimed;
  private boolean claimedInGroup;

  /**
   * @param endedGroup told when the messages of a group end
   */
  OwnBlock(TransactionTracker tracker, BindingWriter writer, Runnable endedGroup) {
    this.tracker = tracker;
    this.writer = writer;
    this.replies = writer.replies();
    this.endedGroup = endedGroup;
  }

  /**
   * A statement of the caller went out to be executed.
   *
   * @param ours whether the block was percred's until then
   */
  void executed(StatementKind kind, boolean ours) {
    copiesInGroup |= kind == StatementKind.COPY_IN;
    claimed |= ours && !tracker.isOurs();
    claimedInGroup |= ours && !tracker.isOurs();
  }

  /** A Sync of the caller was written: the COMMIT follows, unless that Sync may go unread. */
  void syncSent() {
    markClaim();
    closingDeferred = tracker.isOurs() && copiesInGroup;
    closesAtSync = closingDeferred;
    if (tracker.isOurs() && !closingDeferred) {
      commit();
    }
  }

  /**
   * A Query or FunctionCall of the caller was written: the COMMIT follows, unless the server reads
   * COPY data first.
   */
  void wholeSent(boolean copiesIn) {
    markClaim();
    if (tracker.isOurs() && copiesIn) {
      closingDeferred = true;
    } else if (tracker.isOurs()) {
      commit();
    } else {
      endedGroup.run();
    }
  }

  /** A group of messages ended. */
  void endedGroup() {
    copiesInGroup = false;
  }

  /** Whether the COMMIT waits for the end of COPY by a Query. */
  boolean isClosingDeferred() {
    return closingDeferred && !closesAtSync;
  }

  /** CopyDone or CopyFail of the caller was written: the server goes on with what stands behind. */
  void copyEnded() {
    if (isClosingDeferred()) {
      closeDeferred();
    }
  }

  /**
   * Writes the COMMIT that waited for the end of COPY, if it still waits.
   *
   * @return whether it did
   */
  boolean closeDeferred() {
    boolean waited = closingDeferred;
    if (waited) {
      closingDeferred = false;
      closesAtSync = false;
      commit();
    }
    return waited;
  }

  /**
   * The server refused something percred wrote, or something of the caller behind which no Sync
   * stands: writes what brings the connection back.
   */
  void recover(boolean closing) {
    writer.sync();
    boolean rollback = closing || closingDeferred;
    replies.expectSync(tracker.status(), !rollback);
    if (closingDeferred) {
      closingDeferred = false;
      tracker.endedOurs();
      endedGroup.run();
    }
    if (rollback) {
      writer.rollback();
    }
    tracker.doubtBinding();
  }

  /** Everything that was sent is answered. */
  void settled() {
    claimed = false;
  }

  /** Whether it matters which transaction verbs of the caller the server gets to. */
  boolean isClaimed() {
    return claimed;
  }

  /**
   * The block is still there: it failed before the caller's own verb could take it over, or its
   * COMMIT was cancelled. Ends it.
   */
  void endUnclaimed() {
    writer.rollback();
    tracker.endedOurs();
  }

  /** The reply just expected belongs to a group in which the caller took the block over. */
  private void markClaim() {
    if (claimedInGroup) {
      replies.claimed();
      claimedInGroup = false;
    }
  }

  private void commit() {
    writer.commit();
    tracker.endedOurs();
    endedGroup.run();
  }
}
