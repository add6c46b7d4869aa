package io.percred.postgres.wire;

import io.percred.postgres.wire.ReplyQueue.Kind;
import java.util.List;

/**
 * Writes what clears a session, in front of the next caller's messages and in the same write, so
 * that nothing runs behind a clearing that failed. Confined to one connection.
 *
 * <p>The clearing is one simple Query, and one that fails makes the server skip nothing. So it
 * begins a block, which is open behind it only if all of it went well, and two messages of the
 * extended protocol follow: SAVEPOINT, which fails outside of a block and in a failed one, and
 * COMMIT. If either fails the server skips everything up to the next Sync. Neither takes a
 * snapshot, and no statement that SQL prepared is asked for by a message or the other way round: a
 * pooler that tracks prepared statements keeps the two apart. All of it is one transaction, so such
 * a pooler leaves it on one server connection.
 *
 * <p>Behind the next Sync nothing is skipped any more. What comes there before the answer was read
 * looks for a mark that the clearing left last of all: a setting with a value that nobody can
 * guess, which a caller whose session could not be cleared cannot have left either.
 */
final class ClearingWriter {
  private static final String MARK = "percred.cleared";
  private static final String CHECK = "percred:check";
  private static final String CHECK_PORTAL = "percred:check";

  private final OwnMessages messages;
  private final ReplyQueue replies;
  private final BindingWriter writer;
  private long mark;

  ClearingWriter(BindingWriter writer) {
    this.writer = writer;
    this.messages = new OwnMessages(writer.out());
    this.replies = writer.replies();
  }

  /** Clears the session outside of a block. */
  void clear(String text) {
    mark = writer.random().nextLong();
    messages.query("BEGIN;" + text + ";SET " + MARK + "='" + mark + "'");
    replies.expectQuery(Kind.CLEARING, TransactionStatus.BLOCK, false);
    // The Query took the place of the unnamed statement and the unnamed portal already.
    int expected = messages.parseUnclosed("", "SAVEPOINT percred") + messages.run("");
    expected += messages.parseUnclosed("", "COMMIT") + messages.run("");
    replies.expect(Kind.CLEARING_END, expected);
  }

  /** Clears the session as the caller's block sees it. */
  void clearInBlock(String text) {
    messages.query(text);
    replies.expectQuery(Kind.CLEARING, TransactionStatus.BLOCK, false);
    writer.requireBlock(true);
  }

  /**
   * Makes the server skip what follows unless the clearing of an earlier group succeeded, outside
   * of a block. The COMMIT lets go of the snapshot, as what follows may want one of its own.
   */
  void requireCleared() {
    String text =
        "SELECT 1 OPERATOR(pg_catalog./) (pg_catalog.current_setting('"
            + MARK
            + "') OPERATOR(pg_catalog.=) '"
            + mark
            + "')::pg_catalog.int4";
    int expected = messages.parse(CHECK, text, 0) + messages.run(CHECK_PORTAL, CHECK, List.of());
    expected += messages.parse(CHECK, "COMMIT", 0) + messages.run(CHECK_PORTAL, CHECK, List.of());
    replies.expect(Kind.CLEARING_END, expected);
  }
}
