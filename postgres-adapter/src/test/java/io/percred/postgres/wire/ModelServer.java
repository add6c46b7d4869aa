package io.percred.postgres.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A model of the server's side of the protocol as PostgreSQL up to 17 behaves: transaction blocks
 * and implicit transactions, skipping up to Sync after an error, transaction-local settings,
 * savepoints, procedures that commit, function calls, what is left in the session. It knows a
 * handful of statements and writes down under which value of the setting each of those that touch
 * data ran, and what it found in the session.
 */
final class ModelServer {
  /**
   * One statement that touched data.
   *
   * @param setting the value of the setting it ran under
   * @param held what it found in the session
   * @param memory what {@code work_mem} was, and should have been
   */
  record Ran(String statement, String setting, Held held, ModelMemory.Values memory) {
    Ran(String statement, String setting, String residue) {
      this(statement, setting, Held.NOTHING.withResidue(residue), new ModelMemory.Values("", ""));
    }

    Ran(String statement, String setting) {
      this(statement, setting, "");
    }
  }

  /**
   * One statement that touches no data, but locks some, or tells or changes something of the
   * session.
   *
   * @param setting the value of the setting of the transaction in which it ran, or empty
   */
  record Controlled(String statement, String setting) {}

  /**
   * What a session holds beside settings of transactions.
   *
   * @param residue under whose setting it was left, or empty
   * @param schema the SET that the schema comes from, or empty
   * @param channel the LISTEN that it hears, or empty
   */
  record Held(String residue, String schema, String channel) {
    static final Held NOTHING = new Held("", "", "");

    Held withResidue(String by) {
      return new Held(by, schema, channel);
    }

    Held withSchema(String set) {
      return new Held(residue, set, channel);
    }

    Held withChannel(String listen) {
      return new Held(residue, schema, listen);
    }
  }

  private static final class SqlError extends Exception {
    private static final long serialVersionUID = 1L;
    private final String state;

    SqlError(String state) {
      super(state);
      this.state = state;
    }
  }

  private enum State {
    IDLE,
    IMPLICIT,
    BLOCK,
    FAILED
  }

  /** How many rows a COPY sends. */
  static final int COPIED = 4;

  private static final String MARK = "SET percred.cleared='";

  final List<Ran> ran = new ArrayList<>();
  final List<Controlled> controlled = new ArrayList<>();
  private final ModelMemory memory = new ModelMemory();
  private final FrameBuffer input = new FrameBuffer();
  private final FrameBuffer output = new FrameBuffer();
  private final Map<String, String> statements = new HashMap<>();
  private final Map<String, String[]> portals = new HashMap<>();
  private final Deque<String> savepoints = new ArrayDeque<>();
  private State state = State.IDLE;
  private String setting = "";
  private Held held = Held.NOTHING;
  private Held heldBefore = Held.NOTHING;
  private String lock = "";
  private boolean logsParameters;
  private boolean refuseNextCall;
  private boolean cancelNextClearing;
  private boolean planted;
  private String mark = "";
  private String proof = "";
  private String markBefore = "";
  private int calls;
  private int loggedBindings;
  private boolean skipping;
  private boolean cancelNextBegin;
  private boolean cancelNextCommit;

  /** What deferred triggers warn of at the end of the transaction. */
  private final Deque<String> warnings = new ArrayDeque<>();

  /** Who is to hear something as soon as no transaction is open. */
  private final Deque<String> heard = new ArrayDeque<>();

  /** Makes the next BEGIN fail, as a cancel request that comes late does. */
  void cancelNextBegin() {
    cancelNextBegin = true;
  }

  /** Under whose setting the state of the session was left, or empty. */
  String residue() {
    return held.residue().isEmpty() ? lock : held.residue();
  }

  /** How many function calls there were. */
  int calls() {
    return calls;
  }

  /** How many bindings came as parameters while those were logged. */
  int loggedBindings() {
    return loggedBindings;
  }

  /** Makes the next function call fail. */
  void refuseNextCall() {
    refuseNextCall = true;
  }

  /** Makes the next clearing fail. */
  void cancelNextClearing() {
    cancelNextClearing = true;
  }

  /** What SQL can do unseen: makes a prepared statement. */
  void plantStatement() {
    planted = true;
  }

  /** What SQL can do: sets what a clearing that succeeded sets last. */
  void mark(String value) {
    mark = value;
  }

  /** From now on bind parameters are logged. */
  void logParameters() {
    logsParameters = true;
  }

  /** What SQL can do unseen: gives the name of a prepared statement to another one. */
  void rename(String name, String text) {
    statements.put(name, text);
  }

  /** Makes the next COMMIT fail likewise. */
  void cancelNextCommit() {
    cancelNextCommit = true;
  }

  /** Reads what was sent, as far as it is complete, and answers. */
  byte[] receive(byte[] bytes) {
    input.put(bytes);
    while (input.size() >= Frame.HEADER) {
      int length = 1 + Frame.int32(input.array(), 1);
      if (input.size() < length) {
        break;
      }
      byte[] frame = new byte[length];
      System.arraycopy(input.array(), 0, frame, 0, length);
      input.dropFirst(length);
      message(frame);
    }
    byte[] answer = output.toByteArray();
    output.clear();
    return answer;
  }

  /** The answer to start-up. */
  byte[] ready() {
    readyForQuery();
    byte[] answer = output.toByteArray();
    output.clear();
    return answer;
  }

  private void message(byte[] frame) {
    if (skipping && frame[0] != Frame.SYNC) {
      return;
    }
    List<String> strings = strings(frame);
    try {
      switch (frame[0]) {
        case Frame.PARSE -> parse(strings.get(0), strings.get(1));
        case Frame.BIND -> bind(frame, strings);
        case Frame.EXECUTE -> execute(strings.get(0));
        case Frame.DESCRIBE -> describe(strings.get(0).substring(1));
        case Frame.CLOSE -> {
          String name = strings.get(0).substring(1);
          (frame[Frame.HEADER] == 'S' ? statements : portals).remove(name);
          reply(Frame.CLOSE_COMPLETE);
        }
        case Frame.SYNC -> {
          skipping = false;
          endImplicit();
          readyForQuery();
        }
        case Frame.QUERY -> {
          if (strings.get(0).contains("RESET SESSION AUTHORIZATION")) {
            clear(strings.get(0));
          } else {
            query(strings.get(0));
          }
        }
        case Frame.FUNCTION_CALL -> functionCall(frame);
        default -> throw new IllegalStateException("The model has no message " + (char) frame[0]);
      }
    } catch (SqlError e) {
      fail(e);
      skipping = true;
    }
  }

  private void parse(String name, String text) throws SqlError {
    if (text.startsWith("percred refused") || (!name.isEmpty() && statements.containsKey(name))) {
      throw new SqlError(text.startsWith("percred refused") ? "42601" : "42P05");
    }
    accept(text);
    start();
    statements.put(name, text);
    reply(Frame.PARSE_COMPLETE);
  }

  private void bind(byte[] frame, List<String> strings) throws SqlError {
    String text = statements.get(strings.get(1));
    if (text == null) {
      throw new SqlError("26000");
    }
    accept(text);
    start();
    int at = Frame.HEADER + strings.get(0).length() + strings.get(1).length() + 2;
    int count = (frame[at + 2] & 0xff) << 8 | (frame[at + 3] & 0xff);
    String[] portal = new String[count + 1];
    portal[0] = text;
    at += 4;
    for (int i = 1; i <= count; i++) {
      int length = Frame.int32(frame, at);
      portal[i] = new String(frame, at + 4, length, StandardCharsets.UTF_8);
      at += 4 + length;
    }
    portals.put(strings.get(0), portal);
    reply(Frame.BIND_COMPLETE);
  }

  private void execute(String name) throws SqlError {
    String[] portal = portals.get(name);
    if (portal == null) {
      throw new SqlError("34000");
    }
    accept(portal[0]);
    start();
    run(portal[0], portal.length > 1 ? portal[1] : "");
  }

  private void describe(String name) throws SqlError {
    if (!statements.containsKey(name)) {
      throw new SqlError("26000");
    }
    start();
    reply(Frame.ROW_DESCRIPTION);
  }

  /** Outside of a block it begins one, which is open behind it if all went well. */
  private void clear(String text) {
    boolean whole = text.contains("pg_advisory_unlock_all");
    boolean begins = text.startsWith("BEGIN;");
    if (begins && cancelNextBegin) {
      cancelNextBegin = false;
      fail(new SqlError("57014"));
      readyForQuery();
      return;
    }
    if (begins && state != State.FAILED) {
      endImplicit();
      state = State.BLOCK;
    }
    if (state == State.FAILED || cancelNextClearing || (planted && whole)) {
      fail(new SqlError(cancelNextClearing ? "57014" : planted ? "22012" : "25P02"));
    } else {
      held = cleared(text);
      memory.clear(text);
      if (whole) {
        lock = "";
        row("");
      }
      int at = text.indexOf(MARK) + MARK.length();
      mark = begins ? text.substring(at, text.indexOf("'", at)) : mark;
    }
    readyForQuery();
  }

  /** Back to what nobody in particular set. */
  private static Held cleared(String text) {
    int set = text.lastIndexOf("set search_path");
    return set < 0
        ? Held.NOTHING
        : Held.NOTHING.withSchema(text.substring(set, text.indexOf('\n', set)));
  }

  /** set_config of one setting, transaction-local. */
  private void functionCall(byte[] frame) {
    endImplicit();
    int nameAt = Frame.HEADER + 4 + 2 + 3 * 2 + 2;
    String name = new String(frame, nameAt + 4, Frame.int32(frame, nameAt), StandardCharsets.UTF_8);
    boolean proves = name.equals(DeliveryProof.SETTING);
    calls += proves ? 0 : 1;
    if (state == State.FAILED || refuseNextCall) {
      fail(new SqlError(refuseNextCall ? "42501" : "25P02"));
      refuseNextCall = false;
    } else {
      int at = nameAt + 4 + Frame.int32(frame, nameAt);
      String value = new String(frame, at + 4, Frame.int32(frame, at), StandardCharsets.UTF_8);
      if (state == State.BLOCK && proves) {
        proof = value;
      } else if (state == State.BLOCK) {
        setting = value;
      }
      reply((byte) 'V');
    }
    readyForQuery();
  }

  private void row(String... columns) {
    int lengthAt = output.begin(Frame.DATA_ROW);
    output.putInt16(columns.length);
    for (String column : columns) {
      output.putValue(column);
    }
    output.end(lengthAt);
  }

  /** The binding, and what ends the clearing if that is in front of it. */
  private void bind(String text, String parameter) {
    setting = parameter;
    loggedBindings += logsParameters ? 1 : 0;
    List<String> columns = new ArrayList<>();
    columns.add("t");
    if (text.contains("pg_conf_load_time")) {
      columns.add("time " + logsParameters);
    }
    row(columns.toArray(String[]::new));
  }

  private void query(String text) {
    try {
      for (String statement : text.split(";", -1)) {
        if (statement.isBlank()) {
          continue;
        }
        accept(statement);
        start();
        run(statement.strip(), "");
      }
      endImplicit();
    } catch (SqlError e) {
      fail(e);
    }
    readyForQuery();
  }

  /** In a failed block nothing but its end is accepted. */
  private void accept(String text) throws SqlError {
    if (state == State.FAILED && !isEnd(text) && !text.startsWith("rollback to")) {
      throw new SqlError("25P02");
    }
  }

  private static boolean isEnd(String text) {
    return text.equalsIgnoreCase("commit") || text.equalsIgnoreCase("rollback");
  }

  private void run(String text, String parameter) throws SqlError {
    String word = text.split(" ", -1)[0].toLowerCase(Locale.ROOT);
    String kind = text.startsWith("SELECT pg_catalog.pg_conf_load_time") ? "probe" : word;
    kind = text.contains("current_setting('percred.cleared')") ? "check" : kind;
    kind = text.equals("select 1") ? "ping" : kind;
    kind = text.contains("current_setting('percred.proof'") ? "proven" : kind;
    if (text.startsWith("SELECT pg_catalog.set_config('percred.proof'")) {
      proof = text.split("'", -1)[3];
      kind = "proves";
    }
    switch (kind.equals("proves") ? kind : text.contains("pg_catalog.set_config") ? "bind" : kind) {
      case "bind" -> {
        bind(text, parameter);
      }
      case "probe" -> row("time " + logsParameters, logsParameters ? "f" : "t");
      case "proves" -> row(proof);
      case "proven" -> {
        if (!text.contains("'" + proof + "'")) {
          throw new SqlError("22012");
        }
        row("1");
      }
      case "check" -> {
        if (!text.contains("'" + mark + "'")) {
          throw new SqlError("22012");
        }
        row("1");
      }
      case "begin" -> {
        if (cancelNextBegin) {
          cancelNextBegin = false;
          throw new SqlError("57014");
        }
        state = State.BLOCK;
      }
      case "commit" -> {
        if (cancelNextCommit) {
          cancelNextCommit = false;
          throw new SqlError("57014");
        }
        if (state == State.FAILED) {
          undo();
        }
        warn();
        end();
      }
      case "rollback" -> {
        if (text.startsWith("rollback to")) {
          rollbackTo();
        } else {
          // An implicit transaction too, with a warning.
          undo();
          end();
        }
      }
      case "savepoint" -> {
        requireBlock();
        savepoints.push(setting);
        memory.savepoint();
      }
      case "release" -> {
        requireBlock();
        if (savepoints.isEmpty()) {
          throw new SqlError("3B001");
        }
        savepoints.pop();
        memory.release();
      }
      case "set" -> {
        controlled.add(new Controlled(text, setting));
        held = text.startsWith("set search_path") ? held.withSchema(text) : held;
        if (text.startsWith(ModelMemory.SET)) {
          memory.set(text);
        }
      }
      case "listen" -> {
        controlled.add(new Controlled(text, setting));
        held = held.withChannel(text);
      }
      case "lock" -> {
        requireBlock();
        controlled.add(new Controlled(text, setting));
      }
      case "call" -> call(text);
      case "copy" -> copy(text);
      case "notify" -> {
        touch(text);
        if (!held.channel().isEmpty()) {
          heard.add(held.channel());
        }
      }
      case "ping" -> reply(Frame.DATA_ROW);
      default -> {
        touch(text);
        if (text.endsWith("fail")) {
          throw new SqlError("22012");
        }
        if (text.endsWith("warn")) {
          warnings.add(setting + ' ' + text);
        }
        row(setting + ' ' + text);
      }
    }
    int lengthAt = output.begin(Frame.COMMAND_COMPLETE);
    output.putString(word.toUpperCase(Locale.ROOT));
    output.end(lengthAt);
  }

  private void copy(String text) {
    touch(text);
    reply((byte) 'H');
    for (int i = 0; i < COPIED; i++) {
      if (text.contains("warn") && i > 0) {
        notice(setting + ' ' + text);
      }
      int lengthAt = output.begin(Frame.COPY_DATA);
      output.putString(setting + ' ' + text);
      output.end(lengthAt);
    }
    reply(Frame.COPY_DONE);
  }

  private void warn() {
    while (!warnings.isEmpty()) {
      notice(warnings.removeFirst());
    }
  }

  private void notice(String message) {
    int lengthAt = output.begin(Frame.NOTICE_RESPONSE);
    output.putByte('C').putString("01000").putByte('M').putString(message).putByte(0);
    output.end(lengthAt);
  }

  private void call(String text) throws SqlError {
    touch(text);
    if (text.endsWith("commits")) {
      if (state == State.BLOCK) {
        throw new SqlError("2D000");
      }
      setting = "";
      touch(text);
    }
  }

  private void touch(String text) {
    ran.add(new Ran(text, setting, held.withResidue(residue()), memory.now()));
    if (text.endsWith("leave")) {
      held = held.withResidue(setting);
      lock = setting;
    }
  }

  private void requireBlock() throws SqlError {
    if (state != State.BLOCK) {
      throw new SqlError("25P01");
    }
  }

  private void rollbackTo() throws SqlError {
    if (state != State.BLOCK && state != State.FAILED) {
      throw new SqlError("25P01");
    }
    if (savepoints.isEmpty()) {
      throw new SqlError("3B001");
    }
    setting = savepoints.peek();
    memory.rollBackTo();
    state = State.BLOCK;
  }

  private void start() {
    if (state == State.IDLE) {
      state = State.IMPLICIT;
    }
  }

  private void endImplicit() {
    if (state == State.IMPLICIT) {
      warn();
      end();
    }
  }

  /** What the transaction did to the session did not happen. */
  private void undo() {
    held = heldBefore;
    mark = markBefore;
    memory.undo();
    warnings.clear();
  }

  private void end() {
    state = State.IDLE;
    setting = "";
    heldBefore = held;
    proof = "";
    markBefore = mark;
    memory.end();
    savepoints.clear();
    portals.clear();
  }

  private void fail(SqlError error) {
    String message = error.state.equals("22012") ? setting + " failed" : "model";
    if (state == State.BLOCK || state == State.FAILED) {
      state = State.FAILED;
    } else {
      undo();
      end();
    }
    int lengthAt = output.begin(Frame.ERROR_RESPONSE);
    output.putByte('C').putString(error.state).putByte('M').putString(message).putByte(0);
    output.end(lengthAt);
  }

  private void reply(byte type) {
    output.end(output.begin(type));
  }

  private void readyForQuery() {
    while (state == State.IDLE && !heard.isEmpty()) {
      int notification = output.begin(Frame.NOTIFICATION);
      output.putInt32(0).putString("c").putString(heard.removeFirst());
      output.end(notification);
    }
    int lengthAt = output.begin(Frame.READY_FOR_QUERY);
    output.putByte(
        switch (state) {
          case IDLE, IMPLICIT -> 'I';
          case BLOCK -> 'T';
          case FAILED -> 'E';
        });
    output.end(lengthAt);
  }

  /** The first strings of a frame's body; enough for the messages the model knows. */
  private static List<String> strings(byte[] frame) {
    List<String> found = new ArrayList<>();
    int at = Frame.HEADER;
    while (at < frame.length && found.size() < 2) {
      int end = Frame.endOfString(frame, at, frame.length);
      if (end < 0) {
        break;
      }
      found.add(new String(frame, at, end - at, StandardCharsets.UTF_8));
      at = end + 1;
    }
    return found;
  }
}
