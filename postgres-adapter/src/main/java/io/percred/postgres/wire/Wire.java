package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.postgres.socket.StreamFilter;
import io.percred.postgres.sql.SqlScanner;
import io.percred.postgres.sql.SqlText;
import io.percred.postgres.wire.BackendFilter.Fate;
import io.percred.postgres.wire.ReplyQueue.Kind;
import io.percred.spi.PercredError;
import io.percred.spi.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One stream pair between driver and server: dispatches the driver's messages to the gate, and the
 * server's answers to whoever they belong to. If an answer cannot be placed the connection is
 * closed. Confined to one connection, guarded by the driver's lock.
 */
final class Wire implements StreamFilter {
  private final FilterHold hold = new FilterHold(this);
  private final ReplyQueue replies = new ReplyQueue();
  private final FrameBuffer out = new FrameBuffer();
  private final TransactionCaller caller;
  private final ConnectionHistory history;
  private final BindingGate gate;
  private final ServerAnswers answers;
  private final SqlScanner scanner;
  private final BindingPlan plan;
  private @Nullable FrontendFilter frontend;
  private @Nullable BackendFilter backend;
  private @Nullable OutputStream rawOutput;
  private boolean standardStrings = true;
  private boolean negotiating;
  private boolean active;
  private volatile @Nullable IOException ended;
  private @Nullable String loginRole;

  Wire(GateContext context, Supplier<Target> target) {
    TransactionTracker tracker = new TransactionTracker();
    this.plan = context.plan();
    this.history = new ConnectionHistory(context.clock());
    this.caller = new TransactionCaller(context, tracker, replies, target, this::lost);
    DeliveryProof proof =
        new DeliveryProof(
            context.random().nextLong(),
            context.deliveryTimeout(),
            () ->
                callsUnanswered("nothing came in " + context.deliveryTimeout().toMillis() + " ms"));
    DeliveryChoice delivery = new DeliveryChoice(context.delivery(), proof);
    BindingWriter writer =
        new BindingWriter(out, replies, context.reusesStatements(), delivery, context.random());
    this.gate = new BindingGate(context, tracker, caller, writer, history);
    this.answers =
        new ServerAnswers(this, replies, tracker, caller, gate, delivery, plan.switchesRole());
    this.scanner = new SqlScanner(plan.managedNames(), plan.guardedNames());
  }

  @Override
  public OutputStream output(OutputStream raw) {
    rawOutput = raw;
    frontend = new FrontendFilter(this, raw, out);
    return frontend;
  }

  @Override
  public InputStream input(InputStream raw) {
    backend = new BackendFilter(this, raw);
    return backend;
  }

  // The driver's messages.

  /**
   * A message of the driver: writes what is due in front of it and expects its replies.
   *
   * @return whether the message itself may go on; if not it is dropped, or already written
   */
  boolean admits(byte type, byte[] bytes, int at, int seen) throws IOException {
    if (Frame.isAnswered(type) && !gate.isGroupOpen()) {
      caller.speaks();
    }
    int body = at + Frame.HEADER;
    int end = at + seen;
    switch (type) {
      case Frame.SYNC -> {
        gate.sync();
        return false;
      }
      case Frame.QUERY -> {
        gate.query(bytes, body, end - body, scan(bytes, body, end));
        return false;
      }
      case Frame.FUNCTION_CALL -> {
        return gate.functionCall();
      }
      case Frame.PARSE, Frame.BIND, Frame.EXECUTE, Frame.CLOSE, Frame.DESCRIBE -> {
        boolean admitted = admitsExtended(type, bytes, body, end);
        if (admitted) {
          replies.expect(Kind.CALLER, 1);
        }
        return admitted;
      }
      case Frame.FLUSH, Frame.COPY_DATA, Frame.COPY_DONE, Frame.COPY_FAIL -> {
        return !gate.isSwallowing();
      }
      case Frame.TERMINATE, Frame.PASSWORD -> {
        return true;
      }
      default -> throw lost("message '" + (char) type + "' of the driver is unknown");
    }
  }

  /** A message that was admitted is written to its end. */
  void sent(byte type) {
    if (type == Frame.FUNCTION_CALL) {
      gate.functionCalled();
    } else if (type == Frame.COPY_DONE || type == Frame.COPY_FAIL) {
      gate.block().copyEnded();
    }
  }

  private boolean admitsExtended(byte type, byte[] bytes, int body, int end) throws IOException {
    return switch (type) {
      case Frame.PARSE -> {
        int name = string(bytes, body, end);
        int text = string(bytes, name + 1, end);
        SqlText scanned = scan(bytes, name + 1, end);
        yield gate.parse(text(bytes, body, name), scanned, bytes, name + 1, text);
      }
      case Frame.BIND -> {
        int portal = string(bytes, body, end);
        int statement = string(bytes, portal + 1, end);
        yield gate.bind(text(bytes, body, portal), text(bytes, portal + 1, statement));
      }
      case Frame.EXECUTE -> gate.execute(text(bytes, body, string(bytes, body, end)));
      case Frame.CLOSE ->
          gate.close(bytes[body], text(bytes, body + 1, string(bytes, body + 1, end)));
      default -> gate.describe();
    };
  }

  /**
   * What statements a text holds. Where a backslash makes that depend on
   * standard_conforming_strings, whose change may still be on its way, the text is exempt only if
   * it is under both readings.
   */
  private SqlText scan(byte[] bytes, int from, int end) throws IOException {
    int length = string(bytes, from, end) - from;
    SqlText text = scanner.scan(bytes, from, length, standardStrings);
    if (text.holdsBackslash() && isExempt(text)) {
      SqlText other = scanner.scan(bytes, from, length, !standardStrings);
      return isExempt(other) ? text : other;
    }
    return text;
  }

  private static boolean isExempt(SqlText text) {
    for (int i = 0; i < text.count(); i++) {
      if (!Exemption.isExempt(text.kind(i))) {
        return false;
      }
    }
    return true;
  }

  private int string(byte[] bytes, int from, int end) throws IOException {
    int zero = Frame.endOfString(bytes, from, end);
    if (zero < 0) {
      throw lost("a string in a message of the driver has no end");
    }
    return zero;
  }

  static String text(byte[] bytes, int from, int end) {
    return from == end ? "" : new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  // The server's answers.

  /** What happens to a message of the server. */
  Fate fateOf(byte type) throws IOException {
    if (active) {
      return answers.fateOf(type);
    }
    return type == Frame.READY_FOR_QUERY || type == Frame.PARAMETER_STATUS
        ? Fate.COLLECT
        : Fate.PASS;
  }

  /** A message that had to be seen whole is complete. */
  void collected(byte[] frame) throws IOException {
    if (active) {
      answers.collected(frame);
      return;
    }
    if (frame[0] == Frame.PARAMETER_STATUS) {
      answers.parameterStatus(frame);
      give(frame);
      return;
    }
    active = true;
    plan.loggedIn(loginRole);
    if (frontend != null) {
      frontend.authenticated();
    }
    give(hold.announcement());
    give(frame);
  }

  /** The session authorization is known, or changed: the first one is who logged in. */
  void sessionAuthorization(String user) {
    if (!active) {
      loginRole = user;
    }
  }

  /** Who logged in, as the server says it; null if it does not, or not yet. */
  @Nullable String loginRole() {
    return loginRole;
  }

  /** standard_conforming_strings changed. */
  void standardStrings(boolean on) {
    standardStrings = on;
  }

  /** Whether an answer of percred's own is next in turn. */
  boolean answersNext() {
    return replies.head() == Kind.LOCAL;
  }

  /**
   * Gives the driver, which has read all in front of it, one answer of percred's own if it is next
   * in turn.
   *
   * @return whether there was one
   */
  boolean answerNext() {
    boolean next = answersNext();
    if (next) {
      give(replies.takeAnswer());
    }
    return next;
  }

  /**
   * Gives the driver, which reads though no answer is due, a notification that was kept for whoever
   * is calling.
   *
   * @return whether there was one
   */
  boolean notifyNext() {
    byte[] notification = active ? answers.nextNotification() : null;
    if (notification != null) {
      give(notification);
    }
    return notification != null;
  }

  /** Whether the next ReadyForQuery is one that the driver waits for. */
  boolean deliversReady() {
    return !active || (!replies.isEmpty() && replies.headDelivers());
  }

  /** The driver wants to know whether there is something to read. */
  void probed() throws IOException {
    caller.probes();
  }

  void give(byte[] frames) {
    if (backend != null) {
      backend.give(frames);
    }
  }

  void flush() throws IOException {
    if (frontend != null) {
      frontend.flush();
    }
  }

  // Before authentication.

  boolean isNegotiating() {
    return negotiating;
  }

  /** The driver asks for encryption. */
  void negotiating() {
    negotiating = true;
  }

  /**
   * The server's answer to that. If it accepts, percred's socket factories continue on the
   * encrypted streams and nothing more comes over this one.
   */
  void negotiated(byte answer) {
    negotiating = false;
    if (answer == 'N' && frontend != null) {
      frontend.encryptionDeclined();
    }
  }

  /** Whether a StartupMessage asks for what has no transactions; the driver is told then. */
  boolean refusesStartup(byte[] packet, int length) {
    int at = 2 * Frame.LENGTH_FIELD;
    while (at < length && packet[at] != 0) {
      int name = Frame.endOfString(packet, at, length);
      int value = name < 0 ? -1 : Frame.endOfString(packet, name + 1, length);
      if (value < 0) {
        break;
      }
      String given = text(packet, name + 1, value);
      if (text(packet, at, name).equals("replication") && isReplication(given)) {
        replies.answer(Answers.fatal(PercredError.of(PostgresError.REPLICATION, given)));
        return true;
      }
      at = value + 1;
    }
    return false;
  }

  static boolean isReplication(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "", "false", "off", "no", "0" -> false;
      default -> true;
    };
  }

  // The hold of a decorator; no message is on its way then.

  void pin() {
    gate.setUp().handedOver();
    caller.pin();
  }

  void unpin() {
    caller.unpin();
  }

  /** Whether a message is wanted, in front of which the residue of the last caller is cleared. */
  boolean clearAtNextMessage() {
    return gate.residue().release();
  }

  /** Whether the driver has read every answer. */
  boolean isRead() {
    return replies.isEmpty();
  }

  ConnectionHistory history() {
    return history;
  }

  /** The driver's connection is open: what is set from now on is set by its callers. */
  void opened() {
    gate.setUp().opened();
  }

  // The end.

  /** Closes the connection, because it would leave percred's reach. */
  IOException notFiltered() {
    return closed(PercredError.of(PostgresError.NOT_FILTERED, "an encryption"));
  }

  /** Closes the connection, because percred no longer knows whose answers come. */
  IOException lost(String detail) {
    return closed(PercredError.of(PostgresError.POSITION_LOST, detail));
  }

  /** Closes the connection, because neither the driver nor percred reads that encoding. */
  IOException encodingChanged(String encoding) {
    return closed(PercredError.of(PostgresError.ENCODING_CHANGED, encoding));
  }

  /** Closes the connection, because what another caller left in it could not be cleared. */
  IOException notCleared(String detail) {
    return closed(PercredError.of(PostgresError.NOT_CLEARED, detail));
  }

  /** Closes the connection, because a function call did not arrive; on whatever thread. */
  IOException callsUnanswered(String detail) {
    return closed(PercredError.of(PostgresError.CALLS_UNANSWERED, detail));
  }

  /** Closes the connection, because a group of messages is not one transaction. */
  IOException groupTorn() {
    return closed(PercredError.of(PostgresError.GROUP_TORN));
  }

  /** Why percred closed the connection, or null if it did not. */
  @Nullable IOException ended() {
    return ended;
  }

  private IOException closed(PercredError error) {
    history.closed(error);
    IOException exception = new ConnectionEnded(error);
    ended = exception;
    try {
      if (rawOutput != null) {
        rawOutput.close();
      }
    } catch (IOException e) {
      exception.addSuppressed(e);
    }
    return exception;
  }
}
