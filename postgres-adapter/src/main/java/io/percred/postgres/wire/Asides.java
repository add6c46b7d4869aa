package io.percred.postgres.wire;

import io.percred.postgres.sql.StatementKind;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What the server tells beside its answers and the driver keeps with the connection, where whoever
 * uses that next finds it without any message on the wire: notifications, and the notices in the
 * answer to COMMIT, COPY or a function call. (Other notices pgjdbc keeps with their statement.)
 *
 * <p>A decorator takes out at {@code close()} what the driver kept, so to a pinned connection all
 * of it is passed on as it comes. Without one, notifications wait here until their owner asks for
 * them, which is the only time that the driver reads while no answer is due, and gives them to the
 * application at once; those notices are dropped. Confined to one connection, guarded by the
 * driver's lock.
 */
final class Asides {
  private static final int LOWER_CASE = 0x20;

  private final ReplyQueue replies;
  private final TransactionCaller caller;
  private final Deque<byte[]> notifications = new ArrayDeque<>(0);

  /** Whether a transaction ended in the group of messages that goes out. */
  private boolean ends;

  /** Whether something else ran in it. */
  private boolean runs;

  private boolean copies;

  /** Whether the answer goes on behind a ReadyForQuery that the driver does not see. */
  private boolean goesOnKept;

  /** Whether the session listens for nobody in particular. */
  private boolean nobodyListens;

  /** Whether it listens for its owner. */
  private boolean ownerListens;

  Asides(ReplyQueue replies, TransactionCaller caller) {
    this.replies = replies;
    this.caller = caller;
  }

  /**
   * A statement of the caller goes out to be executed.
   *
   * @param setUp tells whether somebody in particular sent it
   * @param sets whether it is known to change settings or the transaction, so that it is no LISTEN
   */
  void executed(StatementKind kind, SetUp setUp, boolean sets) {
    ownerListens |= kind == StatementKind.SESSION_CONTROL && !sets && !setUp.isNobodys();
    boolean end = kind == StatementKind.TRANSACTION_END || kind == StatementKind.TRANSACTION_CHAIN;
    ends |= end;
    runs |= !end;
    copies |= kind == StatementKind.COPY_IN || kind == StatementKind.COPY_OUT;
  }

  /** The ReadyForQuery behind what was executed is expected. */
  void expected(boolean functionCall) {
    if (copies || functionCall || (ends && !runs)) {
      replies.noticesKept();
    }
    ends = false;
    runs = false;
    copies = false;
  }

  /** ReadyForQuery came; whether the driver sees it. */
  void ready(boolean delivered) {
    goesOnKept = !delivered && (goesOnKept || replies.keepsNotices());
  }

  /** Whether the driver may be told a notice now. */
  boolean tellsNotice() {
    return caller.isPinned() || !(goesOnKept || replies.keepsNotices());
  }

  /** Whether the driver is given a notification in the middle of an answer. */
  boolean tellsNotifications() {
    return caller.isPinned();
  }

  /** A notification arrived while nobody asked for it. */
  void keep(byte[] notification) {
    notifications.addLast(notification);
  }

  /** Takes a notification for whoever asks for them now; what is not for them is dropped. */
  byte @Nullable [] nextNotification(SessionResidue residue) {
    while (!notifications.isEmpty() && replies.isEmpty()) {
      byte[] notification = notifications.removeFirst();
      if (isHeard(residue)) {
        return notification;
      }
    }
    return null;
  }

  /**
   * Whether a notification is for whoever reads now. Nobody in particular hears what nobody in
   * particular listens to, and nothing that an owner of the session may listen to.
   */
  boolean isHeard(SessionResidue residue) {
    return (caller.isAnybody() || !residue.isOwned() || (nobodyListens && !ownerListens))
        && !caller.isIntruder()
        && residue.isHeard();
  }

  /**
   * A statement of the caller begins here. Only LISTEN begins like that of what pools and drivers
   * send on their own; where a comment stands in front, it counts for nobody.
   */
  void listens(StatementKind kind, byte[] bytes, int from, SetUp setUp) {
    if (kind == StatementKind.SESSION_CONTROL && setUp.isNobodys()) {
      int at = from;
      while (Character.isWhitespace(bytes[at])) {
        at++;
      }
      nobodyListens |= (bytes[at] | LOWER_CASE) == 'l';
    }
  }

  /** The session was cleared: it listens to nothing. */
  void cleared() {
    notifications.clear();
    nobodyListens = false;
    ownerListens = false;
  }
}
