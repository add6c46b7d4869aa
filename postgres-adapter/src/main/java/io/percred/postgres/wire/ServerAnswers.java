package io.percred.postgres.wire;

import io.percred.postgres.wire.BackendFilter.Fate;
import io.percred.postgres.wire.ReplyQueue.Kind;
import io.percred.spi.PercredError;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose each message of the server is, and what the driver may see of it. Confined to one
 * connection.
 */
final class ServerAnswers {
  private static final String NO_TRANSACTION = "25P01";
  private static final Set<String> NOT_IN_BLOCK = Set.of("25001", "2D000");
  private static final String NOT_IN_BLOCK_HINT =
      "percred runs each statement in a transaction that is bound to the caller, where this one cannot"
          + " run. Run it in CallerContext.service(), or over a jdbc:postgresql: URL.";

  private final Wire wire;
  private final ReplyQueue replies;
  private final TransactionTracker tracker;
  private final TransactionCaller caller;
  private final BindingGate gate;
  private boolean beginSeen;

  ServerAnswers(
      Wire wire,
      ReplyQueue replies,
      TransactionTracker tracker,
      TransactionCaller caller,
      BindingGate gate) {
    this.wire = wire;
    this.replies = replies;
    this.tracker = tracker;
    this.caller = caller;
    this.gate = gate;
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
        return Fate.PASS;
      }
      default -> {
        Kind head = replies.head();
        if (head == null || head == Kind.SYNC || head == Kind.LOCAL) {
          throw wire.lost("message '" + (char) type + "' of the server answers nothing");
        }
        if (type == Frame.COMMAND_COMPLETE && gate.isClaimed()) {
          return Fate.COLLECT;
        }
        if (head == Kind.QUERY) {
          return Fate.PASS;
        }
        if (head == Kind.CLOSING) {
          return Fate.DROP;
        }
        return replyToExtended(head, type);
      }
    }
  }

  private Fate replyToExtended(Kind head, byte type) throws IOException {
    if (Frame.endsReply(type)) {
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
        boolean ownWarning =
            replies.head() == Kind.CLOSING && Answers.sqlStateOf(frame).equals(NO_TRANSACTION);
        if (!ownWarning) {
          Answers.hide(frame, caller.token());
          wire.give(frame);
        }
      }
      case Frame.COMMAND_COMPLETE -> commandComplete(frame);
      default -> {
        parameterStatus(frame);
        wire.give(frame);
      }
    }
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
    if (head != Kind.SYNC && head != Kind.QUERY && head != Kind.CLOSING) {
      throw wire.lost("ReadyForQuery came while other answers were due");
    }
    boolean deliver = replies.headDelivers();
    TransactionStatus actual = TransactionStatus.of(frame[Frame.HEADER]);
    TransactionStatus predicted = replies.headStatus();
    boolean unclaimed = replies.headClaims() && actual == TransactionStatus.FAILED && !beginSeen;
    boolean unclosed = head == Kind.CLOSING && actual != TransactionStatus.IDLE;
    beginSeen = false;
    replies.ready();
    if (replies.isEmpty()) {
      gate.settled();
    }
    tracker.ready(actual, predicted, replies.isEmpty());
    if (deliver && (unclaimed || unclosed)) {
      gate.endUnclaimed();
      wire.flush();
    } else if (deliver) {
      wire.give(frame);
    } else if (gate.closeDeferred()) {
      wire.flush();
    }
  }

  private void error(byte[] frame) throws IOException {
    Kind head = replies.head();
    Answers.hide(frame, caller.token());
    wire.give(shown(head, frame));
    if (head == Kind.CALLER
        || head == Kind.HIDDEN
        || head == Kind.BINDING
        || head == Kind.REFUSED) {
      extendedFailed();
    }
  }

  /** What the driver is to see of an error. */
  private byte[] shown(@Nullable Kind head, byte[] frame) {
    PercredError refusal = gate.refusal();
    if (head == Kind.BINDING) {
      return Answers.bindingRefused(frame, caller.token());
    }
    if (head == Kind.REFUSED && refusal != null) {
      return Answers.error(refusal);
    }
    return isInOurBlock() && NOT_IN_BLOCK.contains(Answers.sqlStateOf(frame))
        ? Answers.withHint(frame, NOT_IN_BLOCK_HINT)
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
    int owed = dropped.readyForQueries() + (gate.isClosingDeferred() ? 1 : 0);
    if (dropped.syncFollows() ? owed > 0 : owed > 1) {
      throw wire.lost("the server skipped more than one answer");
    }
    if (owed == 1) {
      gate.recover(dropped.closing());
      wire.flush();
    } else if (!dropped.syncFollows()) {
      replies.skipToSync();
    }
  }

  private void parameterStatus(byte[] frame) throws IOException {
    int name = Frame.endOfString(frame, Frame.HEADER, frame.length);
    int end = name < 0 ? -1 : Frame.endOfString(frame, name + 1, frame.length);
    if (end < 0) {
      throw wire.lost("ParameterStatus has no value");
    }
    String value = Wire.text(frame, name + 1, end);
    switch (Wire.text(frame, Frame.HEADER, name)) {
      case "standard_conforming_strings" -> wire.standardStrings(!value.equals("off"));
      case "client_encoding" -> {
        if (!value.equals("UTF8")) {
          throw wire.lost("client_encoding changed to " + value + ", which percred does not read");
        }
      }
      default -> {}
    }
  }
}
