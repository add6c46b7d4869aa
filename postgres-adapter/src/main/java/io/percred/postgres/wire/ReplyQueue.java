package io.percred.postgres.wire;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Whose answer comes next: one entry per reply that the server owes, in the order the messages were
 * sent, and between them the answers that percred gives itself. Runs of replies to extended
 * messages of one owner share an entry. Confined to one connection.
 *
 * <p>After an error to an extended message the server skips everything up to the next Sync, Query
 * and FunctionCall included; {@link #dropToSync()} does the same here.
 */
@SuppressWarnings("EnumOrdinal") // packed into ints that never leave the process
final class ReplyQueue {
  /** What an entry stands for. */
  enum Kind {
    /** Replies to extended messages of the caller. */
    CALLER,
    /** Replies to extended messages of percred: taken out, except an error. */
    HIDDEN,
    /** Replies to the messages that bind: taken out; an error is explained. */
    BINDING,
    /** All replies to a FunctionCall that binds: taken out; an error is explained. */
    BINDING_CALL,
    /**
     * All replies to the Query that clears the session: taken out; an error ends the connection.
     */
    CLEARING,
    /**
     * Replies to the messages that end the clearing, or look whether it succeeded: taken out; an
     * error ends the connection.
     */
    CLEARING_END,
    /** Replies to the messages that look whether a function call arrived: taken out. */
    PROOF_OF_CALL,
    /** Replies to the messages that look whether a group is one transaction: taken out. */
    PROOF_OF_GROUP,
    /** The error that percred provoked to fail a transaction: replaced by a refusal. */
    REFUSED,
    /** The ReadyForQuery of a Sync. */
    SYNC,
    /** All replies to a Query or FunctionCall of the caller. */
    QUERY,
    /** All replies to the Query that ends percred's own block: taken out, except errors. */
    CLOSING,
    /** An answer of percred's own, in full. */
    LOCAL
  }

  private static final Kind[] KINDS = Kind.values();
  private static final TransactionStatus[] STATUSES = TransactionStatus.values();

  // An entry: kind in the low 4 bits, predicted status in 2, deliver in 1, a count in the rest; for
  // an entry that ends with ReadyForQuery the count holds two flags: whether the caller claims
  // percred's block, and whether the driver keeps the notices of the answer with the connection.
  private static final int STATUS_SHIFT = 4;
  private static final int DELIVER = 1 << 6;
  private static final int COUNT_SHIFT = 7;
  private static final int ONE = 1 << COUNT_SHIFT;
  private static final int CLAIMS = ONE;
  private static final int KEPT = ONE << 1;

  private int[] ring = new int[32];
  private int first;
  private int size;
  private long added;
  private int closings;
  private int clearings;
  private boolean skipping;

  /** What the entries that percred answers itself are answered with, in their order. */
  private final Deque<byte[]> answers = new ArrayDeque<>(2);

  /**
   * What {@link #dropToSync()} took out of the queue.
   *
   * @param readyForQueries how many the caller still waits for
   * @param closing whether the end of percred's block was among it
   * @param own whether messages of percred were among it
   * @param clearing whether the clearing of the session was among it
   * @param syncFollows whether a Sync was sent behind it
   */
  record Dropped(
      int readyForQueries, boolean closing, boolean own, boolean clearing, boolean syncFollows) {}

  boolean isEmpty() {
    return size == 0;
  }

  /** How many entries there have been. */
  long added() {
    return added;
  }

  /** How many entries there were in front of the next one. */
  long headNumber() {
    return added - size;
  }

  /** The kind of the next entry, or null if the server owes nothing. */
  @Nullable Kind head() {
    return size == 0 ? null : KINDS[ring[first] & 0xf];
  }

  /** Whether the ReadyForQuery of the next entry goes to the caller. */
  boolean headDelivers() {
    return (ring[first] & DELIVER) != 0;
  }

  /** The status that was predicted for the ReadyForQuery of the next entry. */
  TransactionStatus headStatus() {
    return STATUSES[(ring[first] >> STATUS_SHIFT) & 3];
  }

  /** Whether the caller's text takes percred's block over, if the server gets that far. */
  boolean headClaims() {
    return (ring[first] & CLAIMS) != 0;
  }

  /** The reply that was expected last belongs to a text that takes percred's block over. */
  void claimed() {
    ring[(first + size - 1) & (ring.length - 1)] |= CLAIMS;
  }

  /** The driver will keep the notices of the reply that was expected last with the connection. */
  void noticesKept() {
    if (!skipping) {
      ring[(first + size - 1) & (ring.length - 1)] |= KEPT;
    }
  }

  /** Whether the driver keeps the notices of the answer that comes now with the connection. */
  boolean keepsNotices() {
    for (int i = 0; i < size; i++) {
      int entry = ring[(first + i) & (ring.length - 1)];
      if (endsWithReady(KINDS[entry & 0xf])) {
        return (entry & KEPT) != 0;
      }
    }
    return false;
  }

  private static boolean endsWithReady(Kind kind) {
    return switch (kind) {
      case SYNC, QUERY, CLOSING -> true;
      default -> false;
    };
  }

  /** Whether percred's own block is still to be closed by a message that was sent. */
  boolean hasClosing() {
    return closings > 0;
  }

  /** Whether the session of another caller is still being cleared. */
  boolean isClearing() {
    return clearings > 0;
  }

  /** Whether the server skips whatever is sent before the next Sync. */
  boolean isSkipping() {
    return skipping;
  }

  /** Expects {@code count} replies to extended messages. */
  void expect(Kind owner, int count) {
    if (skipping) {
      return;
    }
    if (size > 0) {
      int last = (first + size - 1) & (ring.length - 1);
      if ((ring[last] & 0xf) == owner.ordinal()) {
        ring[last] += count * ONE;
        return;
      }
    }
    add(owner.ordinal() | count * ONE);
  }

  /** Expects the ReadyForQuery of a Sync. */
  void expectSync(TransactionStatus predicted, boolean deliver) {
    skipping = false;
    addReady(Kind.SYNC, predicted, deliver);
  }

  /** Expects everything a Query or FunctionCall brings. */
  void expectQuery(Kind owner, TransactionStatus predicted, boolean deliver) {
    if (!skipping) {
      addReady(owner, predicted, deliver);
    }
  }

  /** Puts an answer of percred's own behind what the server owes. */
  void answer(byte[] frames) {
    answers.addLast(frames);
    add(Kind.LOCAL.ordinal());
  }

  /** Expects the error that percred provokes to fail a transaction. */
  void expectRefusal(byte[] shown) {
    if (!skipping) {
      answers.addLast(shown);
      add(Kind.REFUSED.ordinal() | ONE);
    }
  }

  /** What is shown in place of the error at the head, which percred provoked. */
  byte[] refusal() {
    return answers.getFirst();
  }

  /** Takes the answer at the head. */
  byte[] takeAnswer() {
    removeHead();
    return answers.removeFirst();
  }

  /** One reply to an extended message is complete. */
  void replied() {
    ring[first] -= ONE;
    if (ring[first] >> COUNT_SHIFT == 0) {
      removeHead();
    }
  }

  /** The ReadyForQuery at the head came. */
  void ready() {
    removeHead();
  }

  /** The extended message at the head failed: drops what the server skips because of it. */
  Dropped dropToSync() {
    int readyForQueries = 0;
    boolean closing = false;
    boolean own = false;
    boolean clearing = false;
    while (size > 0 && head() != Kind.SYNC) {
      Kind kind = KINDS[ring[first] & 0xf];
      readyForQueries += (ring[first] & DELIVER) != 0 ? 1 : 0;
      closing |= kind == Kind.CLOSING;
      own |= isOwn(kind);
      clearing |= isOfClearing(kind);
      if (kind == Kind.LOCAL || kind == Kind.REFUSED) {
        answers.removeFirst();
      }
      removeHead();
    }
    return new Dropped(readyForQueries, closing, own, clearing, size > 0);
  }

  /** Expects nothing from extended messages until a Sync is sent: the server skips them. */
  void skipToSync() {
    skipping = true;
  }

  /**
   * The server reads COPY data now and ignores the Syncs that were already sent behind the Execute.
   *
   * @return whether nothing but such Syncs was queued behind it
   */
  boolean dropSyncsBehindCopy() {
    while (size > 1 && KINDS[ring[(first + 1) & (ring.length - 1)] & 0xf] == Kind.SYNC) {
      int head = ring[first];
      removeHead();
      ring[first] = head;
    }
    return size == 1;
  }

  private void addReady(Kind kind, TransactionStatus predicted, boolean deliver) {
    add(kind.ordinal() | predicted.ordinal() << STATUS_SHIFT | (deliver ? DELIVER : 0));
  }

  private void add(int entry) {
    added++;
    count(KINDS[entry & 0xf], 1);
    if (size == ring.length) {
      int[] larger = Arrays.copyOfRange(ring, first, first + 2 * ring.length);
      System.arraycopy(ring, 0, larger, ring.length - first, first);
      ring = larger;
      first = 0;
    }
    ring[(first + size++) & (ring.length - 1)] = entry;
  }

  private void removeHead() {
    count(KINDS[ring[first] & 0xf], -1);
    first = (first + 1) & (ring.length - 1);
    size--;
  }

  private void count(Kind kind, int difference) {
    closings += kind == Kind.CLOSING ? difference : 0;
    clearings += isOfClearing(kind) ? difference : 0;
  }

  /** Whether an error there makes the server skip what follows up to the next Sync. */
  static boolean isExtended(@Nullable Kind kind) {
    return kind != null
        && switch (kind) {
          case CALLER, HIDDEN, BINDING, PROOF_OF_CALL, PROOF_OF_GROUP, REFUSED -> true;
          default -> false;
        };
  }

  private static boolean isOwn(Kind kind) {
    return switch (kind) {
      case HIDDEN, BINDING, BINDING_CALL, PROOF_OF_CALL, PROOF_OF_GROUP -> true;
      default -> false;
    };
  }

  private static boolean isOfClearing(Kind kind) {
    return kind == Kind.CLEARING || kind == Kind.CLEARING_END;
  }
}
