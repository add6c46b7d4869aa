package io.percred.postgres.wire;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The setting {@code work_mem} of the model's server, and beside it what it would be if only those
 * had set it whom it belongs to, the pool or nobody: their values begin with {@code pool}. Both as
 * PostgreSQL keeps settings: undone with their transaction or to a savepoint.
 */
final class ModelMemory {
  static final String SET = "set work_mem = ";

  /**
   * @param value what the session has
   * @param pools what its pool set
   */
  record Values(String value, String pools) {}

  private final Deque<Values> savepoints = new ArrayDeque<>();
  private Values now = new Values("", "");
  private Values before = now;

  Values now() {
    return now;
  }

  void set(String statement) {
    String value = statement.substring(SET.length());
    now = new Values(value, value.startsWith("pool") ? value : now.pools());
  }

  /** The session is cleared by this text, which ends with what is to be in force. */
  void clear(String text) {
    int last = text.lastIndexOf(SET);
    String value =
        last < 0 ? "" : text.substring(last + SET.length(), text.indexOf('\n', last)).strip();
    now = new Values(value, now.pools());
  }

  void savepoint() {
    savepoints.push(now);
  }

  void release() {
    savepoints.pop();
  }

  void rollBackTo() {
    now = savepoints.element();
  }

  void undo() {
    now = before;
  }

  void end() {
    before = now;
    savepoints.clear();
  }
}
