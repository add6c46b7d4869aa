package io.percred.postgres.wire;

import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementWords;
import org.jspecify.annotations.Nullable;

/**
 * The text of the message that is decided about, for errors that name it. Holds the driver's own
 * bytes, and only while the message is on its way. Confined to one connection.
 */
final class StatementOnItsWay {
  private static final byte[] NONE = {};

  private byte[] bytes = NONE;
  private int from;
  private int length;
  private @Nullable SqlText scanned;

  void is(byte[] text, int offset, int size, SqlText statements) {
    bytes = text;
    from = offset;
    length = size;
    scanned = statements;
  }

  /** The next message has no text. */
  void ends() {
    bytes = NONE;
    scanned = null;
  }

  /** Verb and name of what it sets, or empty. */
  String words() {
    return scanned == null ? "" : StatementWords.of(bytes, from, length, scanned);
  }
}
