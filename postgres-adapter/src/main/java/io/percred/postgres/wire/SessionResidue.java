package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import io.percred.postgres.sql.StatementKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Clears what one caller left in the session before the next one's transaction. Confined to one
 * connection.
 *
 * <p>The clearing is a simple Query of its own in the same write: the server commits it before it
 * reads on, and skips the rest if it failed ({@link ClearingWriter}). So nothing runs in a session
 * that could not be cleared, and the connection is closed. Whose the session is can be predicted as
 * transactions are; in doubt it is nobody's, and cleared again.
 */
final class SessionResidue {
  private final boolean clears;
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final BindingWriter writer;
  private final ClearingWriter clearing;
  private final ReplyQueue replies;
  private final ConnectionHistory history;
  private final SessionOwner owner = new SessionOwner();
  private final SetUp setUp;

  /** Whether the server will skip the clearing if an earlier message of its group fails. */
  private boolean inDoubt;

  /** Whether the server skips the rest of this group if the clearing failed. */
  private boolean required;

  private int clearings;

  /**
   * @param clears whether the session is cleared, or only percred's own statements renewed
   * @param setUp whether a pool sets the connection up
   */
  SessionResidue(
      boolean clears,
      SetUp setUp,
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingWriter writer,
      ConnectionHistory history) {
    this.history = history;
    this.clears = clears;
    this.setUp = setUp;
    this.tracker = tracker;
    this.caller = caller;
    this.writer = writer;
    this.clearing = new ClearingWriter(writer);
    this.replies = writer.replies();
  }

  /** Whether the statement needs no binding and yet may leave something in the session. */
  static boolean isLeftBy(StatementKind kind) {
    return kind == StatementKind.SESSION_CONTROL || kind == StatementKind.SET_TRANSACTION;
  }

  /**
   * The session is handed back: the next message, whatever it is, finds it cleared.
   *
   * @return whether there is anything to clear
   */
  boolean release() {
    return clears && owner.release();
  }

  /** Whether somebody owns what is in the session. */
  boolean isOwned() {
    return clears && owner.isUsed();
  }

  /**
   * Whether a notification is for whoever reads it: what the session listens to is its owner's, and
   * the next caller may ask for notifications before anything was sent that clears the session.
   */
  boolean isHeard() {
    Object key = caller.key();
    return !clears
        || !caller.isAnybody()
        || !owner.isOfAnother(key)
        || owner.isStill(key, caller.reader());
  }

  /**
   * A statement goes out to be executed: keeps what it sets if nobody in particular sent it.
   *
   * @param change what it does to settings or transaction, or null
   * @param text of a statement that changes settings, else null
   */
  void sent(StatementKind kind, @Nullable SessionChange change, @Nullable String text) {
    setUp.executed(kind, change);
    owner.baseline().sent(change, text != null && isNobodys() ? text : null);
  }

  /** Whether a setting is neither a caller's nor set in a caller's transaction. */
  private boolean isNobodys() {
    return setUp.isNobodys() && (caller.isAnybody() || !caller.isInTransaction());
  }

  /** What clearing a session brings it back to. */
  SessionBaseline baseline() {
    return owner.baseline();
  }

  /** How often the session was cleared. */
  int clearings() {
    return clearings;
  }

  /** SQL that can make prepared statements goes out. */
  void renamed() {
    owner.renames();
  }

  /** Whether somebody is calling who finds another caller's things in the session. */
  boolean isOfAnother() {
    return clears && caller.isAnybody() && owner.isOfAnother(caller.key());
  }

  /** A statement that needs no binding is on its way. */
  void arrive(StatementKind kind) {
    arrive(kind == StatementKind.BEGIN, isLeftBy(kind));
  }

  /**
   * Statements that need no binding are on their way in one message. If they begin another caller's
   * transaction, or may leave something in the session, the session is that caller's from here on.
   *
   * @param begin whether one of them begins a transaction
   * @param leave whether one of them may leave something in the session
   */
  void arrive(boolean begin, boolean leave) {
    if (owner.isReleased()) {
      clear();
    }
    if (begin || leave) {
      requireCleared();
    }
    if (begin) {
      begin();
    }
    boolean callers = caller.isAnybody() && !caller.isInTransaction();
    if (leave && callers && !setUp.isUnderWay()) {
      if (tracker.isIdle() && owner.isOfAnother(caller.key())) {
        clear();
      }
      owner.claim(caller.key());
    }
  }

  /**
   * Who is going to be bound is known only later, but then the transaction would hold the clearing.
   * What pools begin with nobody calling clears nothing.
   */
  private void begin() {
    Object key = caller.key();
    if (tracker.isIdle() && owner.isOfAnother(key)) {
      Object next = caller.foresee();
      if (!owner.isStill(key, next) && (next != null || caller.isAnybody())) {
        clear();
      }
    }
  }

  /** The transaction is resolved: makes the session its caller's. */
  void takeOver() {
    if (tracker.isBound()) {
      return;
    }
    requireCleared();
    Object key = caller.resolvedKey();
    String principal = caller.principal();
    Map<String, Object> claims = caller.claims();
    if (owner.isKnown(key, principal, claims)) {
      return;
    }
    Object next = caller.owner();
    if (owner.isReleased() || (owner.isUsed() && !owner.isLeftTo(key, next))) {
      clear();
    }
    if (!owner.isUsed() || owner.isLeftTo(key, next)) {
      owner.use(key, next, principal, claims);
    }
  }

  /** The server skipped the clearing. */
  void skipped() {
    owner.notCleared();
  }

  /** A group of messages ended: if it failed unread, so may the clearing have. */
  void endedGroup() {
    if (inDoubt && replies.isClearing()) {
      owner.notCleared();
    }
    inDoubt = false;
    required = false;
    setUp.endedGroup();
    owner.baseline().endedGroup(replies.added());
  }

  /** The clearing stands in an earlier group, and nobody has read yet whether it succeeded. */
  private void requireCleared() {
    if (replies.isClearing() && !required && tracker.status() != TransactionStatus.FAILED) {
      if (tracker.isIdle()) {
        clearing.requireCleared();
      } else {
        writer.requireBlock(true);
      }
      tracker.extended();
      required = true;
    }
  }

  /**
   * Clears the session. In a block that began before its caller was known, the block is clear then,
   * but a rollback would bring everything back: it is cleared again behind the block.
   */
  private void clear() {
    // Another caller could have given the names to statements that catch the next one's token.
    writer.forgetStatements();
    if (replies.isSkipping() || tracker.status() == TransactionStatus.FAILED) {
      return;
    }
    if (clears) {
      inDoubt |= tracker.isGroupOpen();
      String text = owner.clearingText(writer.random().nextDouble());
      if (tracker.isIdle()) {
        clearing.clear(text);
      } else {
        clearing.clearInBlock(text);
      }
      tracker.extended();
      required = true;
      history.cleared();
      clearings++;
    }
    if (tracker.isIdle() || !clears) {
      owner.cleared();
    } else {
      owner.notCleared();
    }
  }
}
