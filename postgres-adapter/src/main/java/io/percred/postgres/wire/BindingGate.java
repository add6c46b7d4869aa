package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.postgres.sql.SessionChange;
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
 * What cannot be bound is refused, see {@link Refusals}.
 */
final class BindingGate {
  private final FrameBuffer out;
  private final ReplyQueue replies;
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final StatementNames names = new StatementNames();
  private final TableNames tables = new TableNames();
  private final BindingWriter writer;
  private final SetUp setUp;
  private final StatementOnItsWay statement = new StatementOnItsWay();
  private final SessionResidue residue;
  private final OwnBlock block;
  private final ConnectionHistory history;
  private final Exemption exemption;
  private final Refusals refusals;
  private final Asides asides;

  /**
   * @param context what is bound and cleared
   * @param writer writes percred's own messages
   * @param history what is done is written down there
   */
  BindingGate(
      GateContext context,
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingWriter writer,
      ConnectionHistory history) {
    this.history = history;
    this.tracker = tracker;
    this.caller = caller;
    this.writer = writer;
    this.out = writer.out();
    this.replies = writer.replies();
    this.block = new OwnBlock(tracker, writer, this::endedGroup);
    this.setUp = new SetUp(context.witness(), caller);
    this.exemption = new Exemption(tracker, caller, writer, context.plan().switchesRole(), setUp);
    this.refusals = new Refusals(tracker, writer, history);
    this.asides = new Asides(replies, caller);
    this.residue =
        new SessionResidue(context.clearsResidue(), setUp, tracker, caller, writer, history);
  }

  /** A Parse, whose text stands in {@code bytes}; whether it may go on. */
  boolean parse(String name, SqlText scanned, byte[] bytes, int from, int end) throws IOException {
    if (scanned.guarded() != null && !refusals.isSwallowing()) {
      refusals.refuse(PercredError.of(PostgresError.GUARDED, scanned.guarded()));
      return false;
    }
    statement.is(bytes, from, end - from, scanned);
    StatementKind kind =
        scanned.count() == 1 && !scanned.ambiguous() ? scanned.kind(0) : StatementKind.OTHER;
    if (!admit(kind, false)) {
      return false;
    }
    if (scanned.mayRenameStatements()) {
      renamed();
    }
    writer.sent(bytes, from, end);
    asides.listens(kind, bytes, from, setUp);
    boolean again = !name.isEmpty() && Exemption.isExempt(kind);
    SessionChange change = scanned.count() == 1 ? scanned.change(0) : null;
    boolean sets = change != null && change.verb().isOfSettings();
    String text = again || sets ? Wire.text(bytes, from, end) : null;
    if (caller.isAnybody() && TableNames.areChangedBy(bytes, from, end, change)) {
      tables.changed(residue.clearings());
    }
    tables.prepared(name, scanned, bytes, from, residue.clearings());
    names.prepared(
        name,
        kind,
        scanned,
        again ? text : null,
        change == null ? null : new StatementNames.Left(change, sets ? text : null));
    return pass();
  }

  /** A Bind; whether it may go on. */
  boolean bind(String portal, String name) throws IOException {
    statement.ends();
    StatementNames.Prepared prepared = names.statement(name);
    if (!admit(prepared.kind(), false)) {
      return false;
    }
    if (tables.wereOthers(name, residue.clearings())) {
      tables.forget(name);
      refusals.sendBack(PercredError.of(PostgresError.PREPARED_FOR_ANOTHER));
      return false;
    }
    String text = prepared.text();
    if (text != null && !name.isEmpty()) {
      if (names.isInDoubt(prepared)) {
        writer.parseAgain(name, text);
        names.confirmed(name, prepared);
        tracker.extended();
      }
    }
    if (prepared.renames()) {
      renamed();
    }
    names.opened(portal, prepared);
    return pass();
  }

  /** An Execute; whether it may go on. */
  boolean execute(String portal) throws IOException {
    statement.ends();
    StatementNames.Prepared prepared = names.ofPortal(portal);
    StatementKind kind = prepared == null ? StatementKind.FAST : prepared.kind();
    if (!admit(kind, true)) {
      return false;
    }
    StatementNames.Left left = prepared == null ? null : prepared.left();
    executed(kind, left == null ? null : left.change(), left == null ? null : left.text());
    return pass();
  }

  /** A Close; whether it may go on. */
  boolean close(byte type, String name) {
    if (refusals.isSwallowing()) {
      return false;
    }
    names.closed(type, name);
    if (type == 'S') {
      tables.forget(name);
    }
    return pass();
  }

  /** A Describe; whether it may go on. It cannot touch data. */
  boolean describe() {
    return !refusals.isSwallowing() && pass();
  }

  /** Whether the message that comes now goes on with a group of messages. */
  boolean isGroupOpen() {
    return tracker.isGroupOpen() || refusals.isSwallowing();
  }

  boolean isSwallowing() {
    return refusals.isSwallowing();
  }

  /** A Sync of the caller: writes it, and what closes percred's block behind it. */
  void sync() {
    if (refusals.endsHere()) {
      endedGroup();
      return;
    }
    writer.sync();
    replies.expectSync(tracker.status(), !tracker.isOurs());
    asides.expected(false);
    block.syncSent();
    endedGroup();
  }

  /** A Query of the caller: writes it, what is due in front of it, and what closes the block. */
  void query(byte[] body, int offset, int length, SqlText text) throws IOException {
    if (refusals.isSwallowing()) {
      return;
    }
    if (text.guarded() != null) {
      refuseAtOnce(PercredError.of(PostgresError.GUARDED, text.guarded()));
      return;
    }
    statement.is(body, offset, length, text);
    QueryPlan plan = QueryPlan.of(text, tracker, exemption);
    TextResidue left = TextResidue.of(text, tracker.status());
    PercredError error = whyRefused(text, plan, left);
    if (error != null) {
      refuseAtOnce(error);
      return;
    }
    int rest = 0;
    if (!plan.isDue() || plan.ahead() > 0) {
      residue.arrive(left.begins(), left.leaves());
    }
    if (plan.takesSnapshot() && !admitUnbound()) {
      return;
    }
    if (plan.isDue() && tracker.status() != TransactionStatus.FAILED) {
      boolean ahead = plan.ahead() > 0 && !tracker.isBound();
      for (int i = 0; ahead && i < plan.ahead(); i++) {
        writer.ahead(Wire.text(body, offset + text.start(i), offset + text.end(i)));
        tracker.extended();
        executed(text, i, body, offset);
        rest = text.end(i);
      }
      if (!admitWhole(plan.due())) {
        return;
      }
    }
    writeQuery(body, offset, length, rest);
    writer.sent(body, offset, offset + length);
    SessionChange change = text.count() == 1 ? text.change(0) : null;
    if (caller.isAnybody() && TableNames.areChangedBy(body, offset, offset + length, change)) {
      tables.changed(residue.clearings());
    }
    for (int i = 0; i < text.count(); i++) {
      if (text.end(i) > rest) {
        asides.listens(text.kind(i), body, offset + text.start(i), setUp);
        executed(text, i, body, offset);
      }
    }
    if (text.mayRenameStatements()) {
      renamed();
    }
    expectWhole(false);
    block.wholeSent(plan.copiesIn());
  }

  /** Why a text may not run whoever is calling turns out to be; null if it may. */
  private @Nullable PercredError whyRefused(SqlText text, QueryPlan plan, TextResidue left) {
    for (int i = 0; i < text.count(); i++) {
      if (isIntrusion(text.kind(i))) {
        return PercredError.of(PostgresError.PINNED_TO_ANOTHER);
      }
    }
    if (plan.torn() || (left.leavesBehind() && residue.isOfAnother())) {
      return PercredError.of(PostgresError.TORN_TEXT);
    }
    return left.leavesWithin() ? caller.changed() : null;
  }

  /** A FunctionCall of the caller; whether it may go on. {@link #functionCalled} must follow. */
  boolean functionCall() throws IOException {
    statement.ends();
    return !refusals.isSwallowing()
        && (tracker.status() == TransactionStatus.FAILED || admitWhole(StatementKind.OTHER));
  }

  /** A FunctionCall of the caller was written. */
  void functionCalled() {
    expectWhole(true);
    block.wholeSent(false);
  }

  private void expectWhole(boolean functionCall) {
    replies.expectQuery(ReplyQueue.Kind.QUERY, tracker.status(), !tracker.isOurs());
    asides.expected(functionCall);
  }

  /** percred's own block. */
  OwnBlock block() {
    return block;
  }

  /** The time before the application has the connection. */
  SetUp setUp() {
    return setUp;
  }

  /** What callers leave in the session. */
  SessionResidue residue() {
    return residue;
  }

  /** What the driver keeps with the connection. */
  Asides asides() {
    return asides;
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
    if (refusals.isSwallowing()) {
      return false;
    }
    boolean failed = tracker.status() == TransactionStatus.FAILED;
    boolean exempt = failed || exemption.isExemptNow(kind);
    PercredError error = exempt ? whyNotExempt(kind) : caller.resolve();
    if (error != null) {
      refusals.refuse(setUp.explain(error, statement));
      return false;
    }
    if (exempt) {
      residue.arrive(kind);
      return true;
    }
    residue.takeOver();
    if (exemption.passesUnbound(kind)) {
      return true;
    }
    if (!Exemption.fitsImplicitTransaction(kind) || (writer.needsBlock() && !tracker.isBound())) {
      enterBlock(unnamedPortalInUse);
    }
    return bindIfDue(unnamedPortalInUse);
  }

  /** Why a statement that needs no binding may not run either; null if it may. */
  private @Nullable PercredError whyNotExempt(StatementKind kind) {
    if (isIntrusion(kind)) {
      return PercredError.of(PostgresError.PINNED_TO_ANOTHER);
    }
    boolean compared =
        tracker.status() != TransactionStatus.FAILED && SessionResidue.isLeftBy(kind);
    return compared ? caller.changed() : null;
  }

  /** Whether the statement would do something in a session that is pinned to another caller. */
  private boolean isIntrusion(StatementKind kind) {
    return caller.isIntruder() && !Exemption.isEnd(kind);
  }

  /** Whether a Query or FunctionCall may go on; writes what is due in front of it. */
  private boolean admitWhole(StatementKind kind) throws IOException {
    PercredError error = caller.resolve();
    if (error != null) {
      refuseAtOnce(setUp.explain(error, statement));
      return false;
    }
    residue.takeOver();
    if (exemption.passesUnbound(kind)) {
      return true;
    }
    enterBlock(false);
    if (!bindIfDue(false)) {
      sync();
      return false;
    }
    return true;
  }

  /** Whether a Query may go on that needs a credential, but no binding in front of it. */
  private boolean admitUnbound() throws IOException {
    PercredError error = tracker.status() == TransactionStatus.FAILED ? null : caller.resolve();
    if (error != null) {
      refuseAtOnce(error);
      return false;
    }
    residue.takeOver();
    return true;
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
      writer.bind(caller.binding(), unnamedPortalInUse, tracker.isIdle());
    } catch (BindingPlan.UnboundException e) {
      refusals.refuse(e.error());
      return false;
    }
    tracker.extended();
    tracker.bound();
    String digest = caller.digest();
    caller.bound(digest);
    history.bound(caller.principal(), digest, writer.delivery());
    return true;
  }

  /** Refuses a Query or FunctionCall, which has no Sync of its own. */
  private void refuseAtOnce(PercredError error) {
    refusals.refuse(error);
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

  /** A statement of a Query goes out to be executed. */
  private void executed(SqlText text, int statement, byte[] body, int offset) {
    SessionChange change = text.change(statement);
    boolean sets = change != null && change.verb().isOfSettings();
    executed(
        text.kind(statement),
        change,
        sets
            ? Wire.text(body, offset + text.start(statement), offset + text.end(statement))
            : null);
  }

  private void executed(StatementKind kind, @Nullable SessionChange change, @Nullable String text) {
    residue.sent(kind, change, text);
    boolean bound = tracker.isBound();
    int before = tracker.transaction();
    boolean ours = tracker.isOurs();
    tracker.executed(kind);
    asides.executed(kind, setUp, change != null);
    block.executed(kind, ours);
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

  private void endedGroup() {
    block.endedGroup();
    residue.endedGroup();
    tracker.endedGroup();
    caller.endedGroup();
    if (tracker.isIdle()) {
      names.endedTransaction();
    }
  }

  private void renamed() {
    residue.renamed();
    names.renamed();
    writer.forgetStatements();
  }
}
