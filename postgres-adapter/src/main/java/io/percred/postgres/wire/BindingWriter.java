package io.percred.postgres.wire;

import io.percred.postgres.wire.ReplyQueue.Kind;
import io.percred.spi.PercredError;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Writes percred's own messages of the extended protocol and expects their replies: the binding,
 * the BEGIN and COMMIT of percred's block, the savepoint that guards a doubtful block. Its prepared
 * statements are named, so that they never take the place of the caller's unnamed one, and parsed
 * once, or at every use where a pooler may change the server connection. Confined to one
 * connection.
 */
final class BindingWriter {
  /** The function {@code set_config(text, text, boolean)}, the same in every version. */
  private static final int OID_SET_CONFIG = 2078;

  private static final String ROLE = "role";
  private static final String BIND = "percred:bind";
  private static final String BEGIN = "percred:begin";
  private static final String CALL = "percred:call";
  private static final String PROBE = "percred:probe";
  private static final String ONCE = "percred:once";
  private static final String PORTAL = "percred:portal";

  private final FrameBuffer out;
  private final OwnMessages messages;
  private final ReplyQueue replies;
  private final boolean reuse;
  private final DeliveryChoice delivery;
  private final RandomGenerator random;
  private List<String> parsedNames = List.of();
  private @Nullable String parsedCall;
  private boolean probeParsed;

  private boolean beginParsed;

  /**
   * @param reuse whether the server keeps percred's prepared statements from one transaction to the
   *     next
   * @param delivery how bindings travel
   */
  BindingWriter(
      FrameBuffer out,
      ReplyQueue replies,
      boolean reuse,
      DeliveryChoice delivery,
      RandomGenerator random) {
    this.out = out;
    this.messages = new OwnMessages(out);
    this.replies = replies;
    this.reuse = reuse;
    this.delivery = delivery;
    this.random = random;
  }

  /** What nobody can guess. */
  RandomGenerator random() {
    return random;
  }

  FrameBuffer out() {
    return out;
  }

  ReplyQueue replies() {
    return replies;
  }

  /** The server may have lost or replaced percred's prepared statements: parse them again. */
  void forgetStatements() {
    parsedNames = List.of();
    parsedCall = null;
    probeParsed = false;
    beginParsed = false;
  }

  /** SQL of the caller goes out, which may change what the server logs. */
  void sent(byte[] text, int from, int end) {
    delivery.sent(text, from, end);
  }

  /** The way the next binding travels, for the history. */
  String delivery() {
    return delivery.toString();
  }

  /**
   * Whether a binding needs a transaction block around it: a function call is no part of a group.
   */
  boolean needsBlock() {
    return delivery.isByCall();
  }

  /**
   * Binds the transaction.
   *
   * @param namedPortal whether the caller's unnamed portal must survive
   * @param inGroup whether only the group of messages holds the binding, and no block
   */
  void bind(Binding binding, boolean namedPortal, boolean inGroup) {
    String portal = namedPortal ? PORTAL : "";
    DeliveryProof proof = delivery.proof();
    if (delivery.isByCall()) {
      bindByCalls(binding);
      if (!proof.callsArrive()) {
        proof.calling();
        setConfig(DeliveryProof.SETTING, proof.value());
        once(Kind.PROOF_OF_CALL, portal, proof.check());
      }
      probe(portal);
    } else {
      bindByParameters(binding, portal);
      if (inGroup && !proof.groupsHold()) {
        once(Kind.HIDDEN, portal, proof.set());
        once(Kind.PROOF_OF_GROUP, portal, proof.check());
      }
    }
    String call = binding.call();
    if (call != null) {
      call(call, portal);
    }
  }

  /** A statement that made the server log it would show the token beside its own settings. */
  private void bindByParameters(Binding whole, String portal) {
    Binding binding = whole.quiet();
    if (whole.loud() > 0) {
      delivery.rolesAreLoud();
    }
    int expected = 0;
    if (!binding.names().equals(parsedNames)) {
      expected += messages.parse(BIND, bindingText(binding.names()), binding.names().size());
      parsedNames = reuse ? binding.names() : List.of();
    }
    expected += messages.run(portal, BIND, binding.values());
    replies.expect(Kind.BINDING, expected);
  }

  /**
   * The role last: what follows it is called with its rights. Where it is there twice, the first
   * one is the login's, with whose rights the others are set.
   */
  private void bindByCalls(Binding binding) {
    if (binding.loud() > 0) {
      delivery.rolesAreLoud();
    }
    int first = binding.names().indexOf(ROLE);
    int role = binding.names().lastIndexOf(ROLE);
    if (first != role) {
      setConfig(ROLE, binding.values().get(first));
    }
    for (int i = 0; i < binding.names().size(); i++) {
      if (i != role && i != first) {
        setConfig(binding.names().get(i), binding.values().get(i));
      }
    }
    if (role >= 0) {
      setConfig(ROLE, binding.values().get(role));
    }
  }

  private void setConfig(String name, String value) {
    int lengthAt = out.begin(Frame.FUNCTION_CALL);
    out.putInt32(OID_SET_CONFIG).putInt16(3).putInt16(0).putInt16(0).putInt16(1).putInt16(3);
    out.putValue(name).putValue(value).putInt32(1).putByte(1);
    out.putInt16(0);
    out.end(lengthAt);
    replies.expectQuery(Kind.BINDING_CALL, TransactionStatus.BLOCK, false);
  }

  /** Asks what the server logs, if that is to be known. */
  private void probe(String portal) {
    if (delivery.probes()) {
      delivery.probing();
      int expected = 0;
      if (!probeParsed) {
        expected += messages.parse(PROBE, DeliveryChoice.PROBE, 0);
        probeParsed = reuse;
      }
      expected += messages.run(portal, PROBE, List.of());
      replies.expect(Kind.BINDING, expected);
    }
  }

  /** Runs a statement that is not wanted again. */
  private void once(Kind kind, String portal, String text) {
    replies.expect(kind, messages.parse(ONCE, text, 0) + messages.run(portal, ONCE, List.of()));
  }

  /** Runs a statement whose errors are the caller's. */
  private void call(String text, String portal) {
    int expected = 0;
    if (!text.equals(parsedCall)) {
      expected += messages.parse(CALL, text, 0);
      parsedCall = reuse ? text : null;
    }
    expected += messages.run(portal, CALL, List.of());
    replies.expect(Kind.HIDDEN, expected);
  }

  /** Begins percred's own block, without a Sync: if BEGIN fails the server skips what follows. */
  void begin() {
    int expected = 0;
    if (!beginParsed) {
      expected += messages.parse(BEGIN, "BEGIN", 0);
      beginParsed = reuse;
    }
    expected += messages.run(BEGIN);
    replies.expect(Kind.HIDDEN, expected);
  }

  /**
   * Makes the server skip what follows unless it is in a transaction block: SAVEPOINT fails outside
   * of one.
   *
   * @param namedPortal whether the caller's unnamed portal must survive
   */
  void requireBlock(boolean namedPortal) {
    String portal = namedPortal ? PORTAL : "";
    once(Kind.HIDDEN, portal, "SAVEPOINT percred");
    once(Kind.HIDDEN, portal, "RELEASE SAVEPOINT percred");
  }

  /**
   * Sends one statement of the caller's simple Query ahead of the rest; its tag is the caller's.
   */
  void ahead(String statement) {
    int expected = messages.parse(ONCE, statement, 0) + messages.run(ONCE);
    replies.expect(Kind.HIDDEN, expected - 1);
    replies.expect(Kind.CALLER, 1);
  }

  /** Makes sure that a name of the caller's still stands for the text it was parsed from. */
  void parseAgain(String name, String text) {
    replies.expect(Kind.HIDDEN, messages.parse(name, text, 0));
  }

  /**
   * Fails the transaction on the server, so that nothing of it can ever be committed.
   *
   * @param error what the driver is told
   */
  void failTransaction(PercredError error) {
    messages.parseUnclosed(ONCE, "percred refused this statement");
    replies.expectRefusal(Answers.error(error));
  }

  /** Ends percred's own block; its errors and its ReadyForQuery are the caller's. */
  void commit() {
    messages.query("COMMIT");
    replies.expectQuery(Kind.CLOSING, TransactionStatus.IDLE, true);
  }

  /** Ends percred's own block after its binding failed. */
  void rollback() {
    messages.query("ROLLBACK");
    replies.expectQuery(Kind.CLOSING, TransactionStatus.IDLE, true);
  }

  void sync() {
    messages.sync();
  }

  /** {@code IS NOT NULL}, because set_config returns the value and would echo the token. */
  private String bindingText(List<String> names) {
    StringBuilder text = new StringBuilder("SELECT ");
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ", ")
          .append("pg_catalog.set_config('")
          .append(names.get(i).replace("'", "''"))
          .append("', $")
          .append(i + 1)
          .append(", true) IS NOT NULL");
    }
    if (delivery.isAutomatic()) {
      text.append(", ").append(DeliveryChoice.LOADED);
    }
    return text.toString();
  }
}
