package io.percred.postgres.wire;

import io.percred.postgres.wire.BackendFilter.Fate;
import io.percred.postgres.wire.ReplyQueue.Kind;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose each message of the server is, and what the driver may see of it. Confined to one
 * connection.
 */
final class ServerAnswers {
  private static final String NO_TRANSACTION = "25P01";
  private static final String FAILED_TRANSACTION = "25P02";
  private static final Set<String> NOT_IN_BLOCK_STATES = Set.of("25001", "2D000");
  private static final String NOT_IN_BLOCK =
      "percred runs each statement in a transaction that is bound to the caller, where this one"
          + " cannot run. Run it ";
  private static final String PLAINLY = "over a jdbc:postgresql: URL.";

  /** How poolers call a message that they do not know: protocol violation, not supported. */
  private static final Set<String> UNKNOWN_MESSAGE = Set.of("08P01", "0A000");

  private static final String NO_CALLS_HINT =
      "If a pooler stands between that takes no function calls of the protocol, choose"
          + " percred.delivery=bind.";

  private final Wire wire;
  private final ReplyQueue replies;
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final BindingGate gate;
  private final DeliveryChoice delivery;
  private final String notInBlockHint;
  private final Asides asides;
  private boolean beginSeen;

  /** The server has said that it ends the connection. */
  private boolean ended;

  /** A function call that binds failed: the errors that the block gives because of it are its. */
  private boolean bindingFailed;

  ServerAnswers(
      Wire wire,
      ReplyQueue replies,
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingGate gate,
      DeliveryChoice delivery,
      boolean switchesRole) {
    this.wire = wire;
    this.replies = replies;
    this.tracker = tracker;
    this.caller = caller;
    this.gate = gate;
    this.delivery = delivery;
    this.notInBlockHint =
        NOT_IN_BLOCK
            + (switchesRole
                ? PLAINLY
                : "alone in CallerContext.service(), outside a transaction, or " + PLAINLY);
    this.asides = gate.asides();
  }

  /** Takes a notification for whoever asks for them now, or null if there is none. */
  byte @Nullable [] nextNotification() {
    return asides.nextNotification(gate.residue());
  }

  /** What happens to a message of the server; counts it as the reply it is. */
  Fate fateOf(byte type) throws IOException {
    switch (type) {
      case Frame.ERROR_RESPONSE,
          Frame.READY_FOR_QUERY,
          Frame.NOTICE_RESPONSE,
          Frame.PARAMETER_STATUS -> {
        return Fate.COLLECT;
      }
      case Frame.NOTIFICATION -> {
        if (!replies.isClearing() && asides.tellsNotifications()) {
          return asides.isHeard(gate.residue()) ? Fate.PASS : Fate.DROP;
        }
        return replies.isClearing() ? Fate.DROP : Fate.COLLECT;
      }
      default -> {
        Kind head = replies.head();
        if (ended || head == null || head == Kind.SYNC || head == Kind.LOCAL) {
          throw wire.lost("message '" + (char) type + "' of the server answers nothing");
        }
        if (Frame.completesStatement(type) && (head == Kind.QUERY || head == Kind.CALLER)) {
          gate.residue().baseline().completed(replies.headNumber());
        }
        if (type == Frame.COMMAND_COMPLETE && gate.block().isClaimed()) {
          return Fate.COLLECT;
        }
        if (head == Kind.QUERY) {
          return Fate.PASS;
        }
        if (head == Kind.BINDING_CALL) {
          return returned(type);
        }
        if (head == Kind.CLOSING || head == Kind.CLEARING) {
          return Fate.DROP;
        }
        if (type == Frame.DATA_ROW && head == Kind.BINDING && delivery.isAutomatic()) {
          return Fate.COLLECT;
        }
        return replyToExtended(head, type);
      }
    }
  }

  /** All that a function call brings but an error is one answer of its own kind. */
  private Fate returned(byte type) throws IOException {
    if (type != Frame.FUNCTION_CALL_RESPONSE) {
      throw wire.callsUnanswered("the answer to what was sent behind it came");
    }
    delivery.proof().called();
    return Fate.DROP;
  }

  private Fate replyToExtended(Kind head, byte type) throws IOException {
    if (Frame.endsReply(type)) {
      if (head == Kind.PROOF_OF_GROUP && type == Frame.COMMAND_COMPLETE) {
        delivery.proof().held();
      }
      replies.replied();
    } else if (type == Frame.COPY_IN_RESPONSE && !replies.dropSyncsBehindCopy()) {
      throw wire.lost("COPY began in front of other statements of its group");
    }
    return head == Kind.CALLER ? Fate.PASS : Fate.DROP;
  }

  /** A message that had to be seen whole is complete: gives the driver what it may see of it. */
  void collected(byte[] frame) throws IOException {
    switch (frame[0]) {
      case Frame.READY_FOR_QUERY -> readyForQuery(frame);
      case Frame.ERROR_RESPONSE -> error(frame);
      case Frame.NOTICE_RESPONSE -> {
        if (!isOwn(frame) && !replies.isClearing() && asides.tellsNotice()) {
          Answers.hide(frame, caller.token());
          wire.give(frame);
        }
      }
      case Frame.COMMAND_COMPLETE -> commandComplete(frame);
      case Frame.NOTIFICATION -> asides.keep(frame);
      case Frame.DATA_ROW -> BindingRow.tell(frame, delivery);
      default -> {
        parameterStatus(frame);
        wire.give(frame);
      }
    }
  }

  /** Whether a notice is about percred's own COMMIT, or is what the server logs of a binding. */
  private boolean isOwn(byte[] notice) {
    Kind head = replies.head();
    return head == Kind.CLOSING
        ? Answers.sqlStateOf(notice).equals(NO_TRANSACTION)
        : (head == Kind.BINDING || head == Kind.BINDING_CALL) && Answers.isLogged(notice);
  }

  /** Looked into only while it matters whether the caller's BEGIN was executed. */
  private void commandComplete(byte[] frame) throws IOException {
    Kind head = replies.head();
    if (head == Kind.QUERY || head == Kind.CALLER) {
      String tag = Wire.text(frame, Frame.HEADER, frame.length - 1);
      if (tag.equals("BEGIN") || tag.equals("START TRANSACTION")) {
        beginSeen = true;
      }
    }
    if (head == Kind.QUERY || (head != null && replyToExtended(head, frame[0]) == Fate.PASS)) {
      wire.give(frame);
    }
  }

  private void readyForQuery(byte[] frame) throws IOException {
    Kind head = replies.head();
    TransactionStatus actual = TransactionStatus.of(frame[Frame.HEADER]);
    if (!ended && (head == Kind.BINDING_CALL || head == Kind.CLEARING)) {
      readyWithin(actual);
      return;
    }
    if (ended || (head != Kind.SYNC && head != Kind.QUERY && head != Kind.CLOSING)) {
      throw wire.lost("ReadyForQuery came while other answers were due");
    }
    boolean deliver = replies.headDelivers();
    asides.ready(deliver);
    bindingFailed &= !deliver;
    TransactionStatus predicted = replies.headStatus();
    boolean unclaimed = replies.headClaims() && actual == TransactionStatus.FAILED && !beginSeen;
    boolean unclosed = head == Kind.CLOSING && actual != TransactionStatus.IDLE;
    beginSeen = false;
    gate.residue().baseline().ready(replies.headNumber(), actual);
    replies.ready();
    if (replies.isEmpty()) {
      gate.block().settled();
    }
    if (tracker.ready(actual, predicted, replies.isEmpty())) {
      caller.stillIn(tracker.confirmedBlock());
    }
    if (deliver && (unclaimed || unclosed)) {
      gate.block().endUnclaimed();
      wire.flush();
    } else if (deliver) {
      wire.give(frame);
    } else if (gate.block().closeDeferred()) {
      wire.flush();
    }
  }

  /** ReadyForQuery of a message of percred's own, behind which the caller's follow. */
  private void readyWithin(TransactionStatus actual) throws IOException {
    boolean binding = replies.head() == Kind.BINDING_CALL;
    if (actual == TransactionStatus.IDLE ? binding : !binding && replies.headStatus() != actual) {
      throw wire.lost("percred's own message was not answered where it was sent");
    }
    if (!binding) {
      asides.cleared();
    }
    replies.ready();
  }

  private void error(byte[] frame) throws IOException {
    Kind head = replies.head();
    String state = Answers.sqlStateOf(frame);
    if (Answers.isFatal(frame)) {
      // It answers nothing that was sent, and nothing that was sent is answered any more.
      ended = true;
      Answers.hide(frame, caller.token());
      wire.give(isOfCall(head, state) ? Answers.withHint(frame, NO_CALLS_HINT) : frame);
      return;
    }
    if (head == Kind.BINDING_CALL) {
      delivery.proof().answered();
    }
    refuseUnproven(head, state);
    if (head == Kind.CLEARING || head == Kind.CLEARING_END) {
      throw wire.notCleared(
          state.equals(SessionOwner.UNSEEN_STATEMENTS)
              ? "it holds prepared statements that SQL made unseen"
              : "SQLSTATE " + state);
    }
    caller.readsError();
    gate.residue().baseline().failed();
    Answers.hide(frame, caller.token());
    if (!bindingFailed || !state.equals(FAILED_TRANSACTION)) {
      wire.give(shown(head, frame));
    }
    if (head == Kind.BINDING || head == Kind.BINDING_CALL) {
      wire.history().bindingFailed(state);
    }
    if (head == Kind.BINDING_CALL) {
      bindingFailed = true;
      gate.bindingFailed();
    }
    if (ReplyQueue.isExtended(head)) {
      extendedFailed();
    }
  }

  /** Whether an error may be what a pooler says that knows no function calls. */
  private boolean isOfCall(@Nullable Kind head, String state) {
    return (head == Kind.BINDING_CALL || delivery.proof().isCalling())
        && !delivery.proof().callsArrive()
        && UNKNOWN_MESSAGE.contains(state);
  }

  /** Closes the connection if a binding was seen not to hold for what stands behind it. */
  private void refuseUnproven(@Nullable Kind head, String state) throws IOException {
    if (isOfCall(head, state)) {
      throw wire.callsUnanswered("SQLSTATE " + state);
    }
    if (state.equals(DeliveryProof.ABSENT) && head == Kind.PROOF_OF_CALL) {
      throw wire.callsUnanswered("what it set is not there");
    }
    if (state.equals(DeliveryProof.ABSENT) && head == Kind.PROOF_OF_GROUP) {
      throw wire.groupTorn();
    }
  }

  /** What the driver is to see of an error. */
  private byte[] shown(@Nullable Kind head, byte[] frame) {
    if (head == Kind.BINDING || head == Kind.BINDING_CALL) {
      return Answers.bindingRefused(frame, caller.token());
    }
    if (head == Kind.REFUSED) {
      return replies.refusal();
    }
    return isInOurBlock() && NOT_IN_BLOCK_STATES.contains(Answers.sqlStateOf(frame))
        ? Answers.withHint(frame, notInBlockHint)
        : frame;
  }

  private boolean isInOurBlock() {
    return tracker.isOurs() || replies.hasClosing();
  }

  /** The server skips what it was sent up to the next Sync, and maybe there is none. */
  private void extendedFailed() throws IOException {
    ReplyQueue.Dropped dropped = replies.dropToSync();
    if (dropped.own()) {
      gate.bindingFailed();
    }
    if (dropped.clearing()) {
      gate.residue().skipped();
    }
    int owed = dropped.readyForQueries() + (gate.block().isClosingDeferred() ? 1 : 0);
    if (dropped.syncFollows() ? owed > 0 : owed > 1) {
      throw wire.lost("the server skipped more than one answer");
    }
    if (owed == 1) {
      gate.block().recover(dropped.closing());
      wire.flush();
    } else if (!dropped.syncFollows()) {
      replies.skipToSync();
    }
  }

  /** A setting has a value, or another one; looked at before the driver sees it. */
  void parameterStatus(byte[] frame) throws IOException {
    int name = Frame.endOfString(frame, Frame.HEADER, frame.length);
    int end = name < 0 ? -1 : Frame.endOfString(frame, name + 1, frame.length);
    if (end < 0) {
      throw wire.lost("ParameterStatus has no value");
    }
    String value = Wire.text(frame, name + 1, end);
    switch (Wire.text(frame, Frame.HEADER, name)) {
      case "session_authorization" -> wire.sessionAuthorization(value);
      case "standard_conforming_strings" -> wire.standardStrings(!value.equals("off"));
      case "client_encoding" -> {
        if (!value.equals("UTF8")) {
          throw wire.encodingChanged(value);
        }
      }
      default -> {}
    }
  }
}
