package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;
import io.percred.spi.PercredError;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is due in front of each message of the caller, and writes it there. Confined to one
 * connection, guarded by the driver's lock.
 *
 * <h2>What is due when</h2>
 *
 * A message that can touch data must find its transaction bound. Whether it is, is told by the
 * {@link TransactionTracker}; whether the message can touch data, by the kind of its statement
 * ({@link Exemption}). If a binding is due, what is written depends on where the message stands:
 *
 * <ol>
 *   <li><b>Outside a block, extended protocol, a statement that cannot commit inside:</b> the
 *       binding stands in the caller's own group of messages up to Sync, which is one implicit
 *       transaction. It begins and ends with the caller's statement.
 *   <li><b>Outside a block, anything else:</b> percred's own block. BEGIN is sent as extended
 *       messages without a Sync, so that a BEGIN that fails (a late cancel is enough) makes the
 *       server skip the caller's statement too; with a simple Query the statement would run
 *       unbound. COMMIT follows behind the caller's Sync or Query. A BEGIN by the caller makes the
 *       block the caller's, and no COMMIT follows.
 *   <li><b>In the caller's block:</b> in the caller's own group in front of the message. If the
 *       block is only predicted and its BEGIN was sent in an earlier group, a savepoint goes in
 *       front where the implicit transaction would not hold the binding: it fails outside a block.
 * </ol>
 *
 * <h2>Refusal</h2>
 *
 * Where nothing was sent to the server that a refusal would have to undo, it is answered here: the
 * messages up to Sync are swallowed and the answers put into the {@link ReplyQueue}. Inside a
 * transaction the server itself is made to fail the transaction with a statement that it cannot
 * parse, and its error is replaced by the refusal: so COMMIT becomes ROLLBACK and what follows gets
 * 25P02 from the one who knows the state.
 */
final class BindingGate {
  private final boolean switchesRole;
  private final boolean clearsResidue;
  private final FrameBuffer out;
  private final ReplyQueue replies;
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final StatementNames names = new StatementNames();
  private final BindingWriter writer;
  private final SessionOwner owner = new SessionOwner();

  private @Nullable PercredError refusal;
  private boolean swallowing;
  private boolean closingDeferred;
  private boolean claimed;
  private boolean claimedInGroup;

  /** Whether the server will skip the clearing if an earlier message of its group fails. */
  private boolean clearingInDoubt;

  /** Whether the server skips the rest of this group if the clearing failed. */
  private boolean clearingRequired;

  /**
   * @param context what is bound and cleared
   * @param writer writes percred's own messages
   */
  BindingGate(
      GateContext context,
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingWriter writer) {
    this.switchesRole = context.plan().switchesRole();
    this.clearsResidue = context.clearsResidue();
    this.tracker = tracker;
    this.caller = caller;
    this.writer = writer;
    this.out = writer.out();
    this.replies = writer.replies();
  }

  /** The refusal that replaces the error percred provoked. */
  @Nullable PercredError refusal() {
    return refusal;
  }

  /** A Parse, whose text stands in {@code bytes}; whether it may go on. */
  boolean parse(String name, SqlText scanned, byte[] bytes, int from, int end) throws IOException {
    StatementKind kind =
        scanned.count() == 1 && !scanned.ambiguous() ? scanned.kind(0) : StatementKind.OTHER;
    if (!admit(kind, false)) {
      return false;
    }
    if (scanned.mayRenameStatements()) {
      renamed();
    }
    boolean kept = name.isEmpty() ? leavesState(kind) : Exemption.isExempt(kind);
    String text = kept ? Wire.text(bytes, from, end) : null;
    if (text != null && name.isEmpty()) {
      sessionControl(kind, text);
    }
    names.prepared(name, kind, scanned, name.isEmpty() ? null : text);
    return pass();
  }

  /** A Bind; whether it may go on. */
  boolean bind(String portal, String statement) throws IOException {
    StatementNames.Prepared prepared = names.statement(statement);
    if (!admit(prepared.kind(), false)) {
      return false;
    }
    String text = prepared.text();
    if (text != null && !statement.isEmpty()) {
      if (names.isInDoubt(prepared)) {
        writer.parseAgain(statement, text);
        names.confirmed(statement, prepared);
        tracker.extended();
      }
      sessionControl(prepared.kind(), text);
    }
    if (prepared.renames()) {
      renamed();
    }
    names.opened(portal, prepared.kind());
    return pass();
  }

  /** An Execute; whether it may go on. */
  boolean execute(String portal) throws IOException {
    StatementKind kind = names.ofPortal(portal);
    if (!admit(kind == null ? StatementKind.FAST : kind, true)) {
      return false;
    }
    if (kind != null) {
      executed(kind);
    }
    return pass();
  }

  /** A Close; whether it may go on. */
  boolean close(byte type, String name) {
    if (swallowing) {
      return false;
    }
    names.closed(type, name);
    return pass();
  }

  /** A Describe; whether it may go on. It cannot touch data. */
  boolean describe() {
    return !swallowing && pass();
  }

  boolean isSwallowing() {
    return swallowing;
  }

  /** Whether the COMMIT of percred's block waits for the end of COPY. */
  boolean isClosingDeferred() {
    return closingDeferred;
  }

  /** A Sync of the caller: writes it, and what closes percred's block behind it. */
  void sync() {
    boolean local = swallowing && !tracker.isGroupOpen() && tracker.isIdle();
    swallowing = false;
    if (local) {
      replies.answer(Answers.readyForQuery(TransactionStatus.IDLE));
      endedGroup();
      return;
    }
    writer.sync();
    replies.expectSync(tracker.status(), !tracker.isOurs());
    markClaim();
    if (tracker.isOurs()) {
      commit();
    }
    endedGroup();
  }

  /** A Query of the caller: writes it, what is due in front of it, and what closes the block. */
  void query(byte[] body, int offset, int length, SqlText text) throws IOException {
    if (swallowing) {
      return;
    }
    QueryPlan plan = QueryPlan.of(text, tracker, !caller.isAnybody());
    int rest = 0;
    if (!plan.isDue() || plan.ahead() > 0) {
      arrive(text.kind(0));
    }
    if (plan.torn()) {
      refuseAtOnce(PercredError.of(PostgresError.TORN_TEXT));
      return;
    }
    if (plan.isDue() && tracker.status() != TransactionStatus.FAILED) {
      boolean ahead = plan.ahead() > 0 && !tracker.isBound();
      for (int i = 0; ahead && i < plan.ahead(); i++) {
        writer.ahead(Wire.text(body, offset + text.start(i), offset + text.end(i)));
        tracker.extended();
        executed(text.kind(i));
        rest = text.end(i);
      }
      if (!admitWhole(plan.due())) {
        return;
      }
    }
    writeQuery(body, offset, length, rest);
    for (int i = 0; i < text.count(); i++) {
      if (text.end(i) > rest) {
        executed(text.kind(i));
      }
      if (leavesState(text.kind(i))) {
        sessionControl(text.kind(i), Wire.text(body, offset + text.start(i), offset + text.end(i)));
      }
    }
    if (text.mayRenameStatements()) {
      renamed();
    }
    replies.expectQuery(ReplyQueue.Kind.QUERY, tracker.status(), !tracker.isOurs());
    markClaim();
    closeWhole(plan.copiesIn());
  }

  /** A FunctionCall of the caller; whether it may go on. {@link #functionCalled} must follow. */
  boolean functionCall() throws IOException {
    return !swallowing
        && (tracker.status() == TransactionStatus.FAILED || admitWhole(StatementKind.OTHER));
  }

  /** A FunctionCall of the caller was written. */
  void functionCalled() {
    replies.expectQuery(ReplyQueue.Kind.QUERY, tracker.status(), !tracker.isOurs());
    closeWhole(false);
  }

  /** CopyDone or CopyFail of the caller was written: the server goes on with what stands behind. */
  void copyEnded() {
    closeDeferred();
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
      endedGroup();
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
   * percred's block is still there: it failed before the caller's own BEGIN, COMMIT or ROLLBACK
   * could take it over, or its COMMIT was cancelled. Ends it.
   */
  void endUnclaimed() {
    writer.rollback();
    tracker.endedOurs();
  }

  /** The server skipped the clearing of the session. */
  void clearingSkipped() {
    owner.notCleared();
  }

  /**
   * The session is handed back: the next message, whatever it is, finds it cleared.
   *
   * @return whether there is anything to clear
   */
  boolean release() {
    return clearsResidue && owner.release();
  }

  /**
   * Whether a notification is for whoever reads it: what the session listens to is its owner's, and
   * the next caller may ask for notifications before anything was sent that clears the session.
   */
  boolean isHeard() {
    if (!clearsResidue || !owner.isUsed() || !caller.isAnybody() || owner.isOf(caller.key())) {
      return true;
    }
    Object reader = caller.foresee();
    return reader != null && owner.isStill(caller.key(), reader);
  }

  /** The driver's connection is open. */
  void opened() {
    owner.opened();
  }

  /** Something that percred wrote failed, or was skipped because something in front of it did. */
  void bindingFailed() {
    writer.forgetStatements();
    tracker.doubtBinding();
  }

  private boolean pass() {
    tracker.extended();
    return true;
  }

  /** Whether a message of the extended protocol may go on; writes what is due in front of it. */
  private boolean admit(StatementKind kind, boolean unnamedPortalInUse) throws IOException {
    if (swallowing) {
      return false;
    }
    if (isExemptNow(kind) || tracker.status() == TransactionStatus.FAILED) {
      arrive(kind);
      return true;
    }
    PercredError error = caller.resolve();
    if (error != null) {
      refuse(error);
      return false;
    }
    takeOver();
    if (passesUnbound(kind)) {
      return true;
    }
    if (!Exemption.fitsImplicitTransaction(kind) || (writer.needsBlock() && !tracker.isBound())) {
      enterBlock(unnamedPortalInUse);
    }
    return bindIfDue(unnamedPortalInUse);
  }

  /** Whether a Query or FunctionCall may go on; writes what is due in front of it. */
  private boolean admitWhole(StatementKind kind) throws IOException {
    PercredError error = caller.resolve();
    if (error != null) {
      refuseAtOnce(error);
      return false;
    }
    takeOver();
    if (passesUnbound(kind)) {
      return true;
    }
    enterBlock(false);
    if (!bindIfDue(false)) {
      swallowing = false;
      endSwallowed();
      return false;
    }
    return true;
  }

  private boolean isExemptNow(StatementKind kind) {
    return Exemption.isExempt(kind)
        || (kind == StatementKind.SESSION_QUERY && !caller.isAnybody())
        || (kind == StatementKind.LOCK
            && tracker.status() == TransactionStatus.BLOCK
            && !tracker.isOurs()
            && !switchesRole)
        || (kind == StatementKind.SAVEPOINT && tracker.isIdle() && writer.needsBlock());
  }

  /**
   * A message that needs no binding is on its way. If it is the first of another caller's
   * transaction, or may leave something in the session, the session is that caller's from here on.
   */
  private void arrive(StatementKind kind) {
    if (owner.isReleased()) {
      clear();
    }
    boolean leavesState = leavesState(kind);
    if (leavesState || kind == StatementKind.BEGIN) {
      requireCleared();
    }
    Object key = leavesState || kind == StatementKind.BEGIN ? caller.key() : null;
    if (key == null || owner.isOf(key) || !tracker.isIdle() || !owner.isUsed()) {
      if (leavesState && !owner.isOpening() && !owner.isUsed() && caller.isAnybody()) {
        owner.use(caller.key(), null);
      }
      return;
    }
    if (kind == StatementKind.BEGIN) {
      Object next = caller.foresee();
      if (next != null && !owner.isStill(key, next)) {
        clear();
      }
    } else if (caller.isAnybody()) {
      clear();
      owner.use(key, null);
    }
  }

  /** Whether the statement needs no binding and yet may leave something in the session. */
  private static boolean leavesState(StatementKind kind) {
    return kind == StatementKind.SESSION_CONTROL || kind == StatementKind.SET_TRANSACTION;
  }

  /** The transaction is resolved: makes the session its caller's. */
  private void takeOver() {
    if (tracker.isBound()) {
      return;
    }
    requireCleared();
    Object key = caller.resolvedKey();
    Object next = caller.owner();
    if (owner.isReleased() || (owner.isUsed() && !owner.isOf(key) && !owner.isStill(key, next))) {
      clear();
    }
    if (!owner.isUsed() || owner.isOf(key)) {
      owner.use(key, next);
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
    if (clearsResidue) {
      clearingInDoubt |= tracker.isGroupOpen();
      writer.clear(owner.clearingText(), tracker.status());
      tracker.extended();
      clearingRequired = true;
    }
    if (tracker.isIdle() || !clearsResidue) {
      owner.cleared();
    } else {
      owner.notCleared();
    }
  }

  /** The clearing stands in an earlier group, and nobody has read yet whether it succeeded. */
  private void requireCleared() {
    if (replies.isClearing() && !clearingRequired) {
      writer.requireCleared();
      tracker.extended();
      clearingRequired = true;
    }
  }

  /** Session control goes out: remembers it as what nobody in particular asked for, if it is. */
  private void sessionControl(StatementKind kind, String statement) {
    if (leavesState(kind) && (owner.isOpening() || !caller.isAnybody())) {
      owner.baseline().sent(statement);
    }
  }

  /**
   * What is checked but cannot be bound, or may do without in the service scope: what cannot run in
   * a block, and what may commit inside, so that migrations work.
   */
  private boolean passesUnbound(StatementKind kind) {
    return kind == StatementKind.TWO_PHASE_END
        || ((kind == StatementKind.UNBINDABLE || kind == StatementKind.PROCEDURE)
            && tracker.isIdle()
            && !tracker.isBound()
            && !switchesRole
            && caller.isService());
  }

  /** Writes what makes sure that the statement runs in a transaction block. */
  private void enterBlock(boolean namedPortal) {
    if (tracker.isIdle()) {
      writer.begin();
      tracker.extended();
      tracker.beganOurs();
      caller.carriedOver();
    } else if (tracker.isBlockInDoubt()) {
      writer.requireBlock(namedPortal);
      tracker.extended();
      tracker.requiredBlock();
    }
  }

  private boolean bindIfDue(boolean unnamedPortalInUse) {
    if (tracker.isBound()) {
      return true;
    }
    try {
      writer.bind(caller.binding(), unnamedPortalInUse);
    } catch (BindingPlan.UnboundException e) {
      refuse(e.error());
      return false;
    }
    tracker.extended();
    tracker.bound();
    caller.bound();
    return true;
  }

  /** Refuses a message of the extended protocol and swallows what follows up to Sync. */
  private void refuse(PercredError error) {
    if (tracker.isGroupOpen() || !tracker.isIdle()) {
      refusal = error;
      writer.failTransaction();
      tracker.extended();
    } else {
      replies.answer(Answers.error(error));
    }
    swallowing = true;
  }

  /** Refuses a Query or FunctionCall, which has no Sync of its own. */
  private void refuseAtOnce(PercredError error) {
    refuse(error);
    endSwallowed();
  }

  private void endSwallowed() {
    swallowing = true;
    sync();
  }

  private void writeQuery(byte[] body, int offset, int length, int rest) {
    int lengthAt = out.begin(Frame.QUERY);
    if (rest == 0) {
      out.put(body, offset, length);
    } else {
      // What stood in front was sent ahead; the first character left is the semicolon behind it.
      out.put(body, offset + rest + 1, length - rest - 1);
    }
    out.end(lengthAt);
  }

  private void executed(StatementKind kind) {
    boolean bound = tracker.isBound();
    int before = tracker.transaction();
    boolean ours = tracker.isOurs();
    tracker.executed(kind);
    claimed |= ours && !tracker.isOurs();
    claimedInGroup |= ours && !tracker.isOurs();
    if (before != tracker.transaction()) {
      if (bound && tracker.isBound()) {
        // The implicit transaction became a block: still the one that was resolved.
        caller.carriedOver();
      }
      if (kind != StatementKind.BEGIN) {
        names.endedTransaction();
      }
    }
  }

  /** The reply just expected belongs to a group in which the caller took percred's block over. */
  private void markClaim() {
    if (claimedInGroup) {
      replies.claimed();
      claimedInGroup = false;
    }
  }

  private void closeWhole(boolean copiesIn) {
    if (tracker.isOurs()) {
      if (copiesIn) {
        closingDeferred = true;
        return;
      }
      commit();
    }
    endedGroup();
  }

  private void commit() {
    writer.commit();
    tracker.endedOurs();
    endedGroup();
  }

  private void endedGroup() {
    if (clearingInDoubt && replies.isClearing()) {
      owner.notCleared();
    }
    clearingInDoubt = false;
    clearingRequired = false;
    tracker.endedGroup();
    caller.endedGroup();
    if (tracker.isIdle()) {
      names.endedTransaction();
    }
  }

  private void renamed() {
    owner.renames();
    names.renamed();
    writer.forgetStatements();
  }
}
