package io.percred.postgres.wire;

import io.percred.postgres.sql.SessionChange;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The session settings that belong to the connection and not to a caller: what its driver and its
 * pool set. Clearing a session brings it back to them. Confined to one connection.
 *
 * <p>What the session really has is what counts, so a statement counts when the server says that it
 * was done, and is undone with its transaction or to its savepoint. While nothing is on its way and
 * no change is undecided, the verbs of transactions pass without being looked at. What is on its
 * way is predicted to succeed if a clearing must be written before it is answered.
 */
final class SessionBaseline {
  /**
   * A statement on its way.
   *
   * @param group how many replies had been expected when its group of messages began
   * @param position how many statements were sent in front of it in that group
   * @param text of a SET that is the connection's; null for all others
   */
  private record Step(long group, int position, SessionChange change, @Nullable String text) {}

  private final BaselineSettings settings = new BaselineSettings();
  private final Deque<Step> onTheirWay = new ArrayDeque<>(2);
  private long group;
  private int sentInGroup;
  private int doneInGroup;

  /**
   * A statement goes out to be executed.
   *
   * @param change what it does, or null
   * @param text the statement, if it sets something for the connection; null otherwise
   */
  void sent(@Nullable SessionChange change, @Nullable String text) {
    int position = sentInGroup++;
    if (change == null || (change.verb().isOfSettings() && text == null)) {
      return;
    }
    if (text != null || !onTheirWay.isEmpty() || settings.isUndecided()) {
      onTheirWay.add(new Step(group, position, change, text));
    }
  }

  /**
   * A group of messages ended that the server answers with one ReadyForQuery.
   *
   * @param expected how many replies have been expected by now
   */
  void endedGroup(long expected) {
    group = expected;
    sentInGroup = 0;
  }

  /**
   * The server completed a statement.
   *
   * @param reply the number of the reply that it belongs to
   */
  void completed(long reply) {
    int position = doneInGroup++;
    Step next = onTheirWay.peek();
    if (next != null && next.group() <= reply && next.position() <= position) {
      onTheirWay.remove();
      settings.apply(next.change(), next.text());
    }
  }

  /** A statement failed, whoever sent it. */
  void failed() {
    settings.failed();
  }

  /**
   * ReadyForQuery came: what was sent in front of it and is not done by now never will be.
   *
   * @param reply the number of that reply
   */
  void ready(long reply, TransactionStatus status) {
    doneInGroup = 0;
    while (!onTheirWay.isEmpty() && onTheirWay.element().group() <= reply) {
      onTheirWay.remove();
    }
    settings.ready(status);
  }

  /**
   * Appends the statements that bring a session back, each behind a semicolon and with a line end,
   * because one may end with a comment.
   */
  void appendTo(StringBuilder text) {
    BaselineSettings predicted = settings;
    if (!onTheirWay.isEmpty()) {
      predicted = settings.copy();
      for (Step step : onTheirWay) {
        predicted.apply(step.change(), step.text());
      }
    }
    for (String statement : predicted.statements()) {
      text.append(';').append(statement).append('\n');
    }
  }
}
