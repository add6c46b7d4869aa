package io.percred.postgres.login;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells which SQL has to do with what the session remembers of earlier statements, though it can be
 * seen nowhere: the last value that each sequence gave out in it (PostgreSQL, chapter "Sequence
 * Manipulation Functions"). Everything else that a session keeps is left by statements that {@link
 * SqlEffects} knows.
 */
final class SqlMemory {
  private static final int INSENSITIVE = Pattern.CASE_INSENSITIVE | Pattern.DOTALL;

  /**
   * A query of no table and with no function but those that are written without parentheses, such
   * as current_user, or SHOW: whatever the caller has created, none of it runs.
   */
  private static final Pattern CONSTANT =
      Pattern.compile(
          "\\s*(select\\s+(?!.*\\b(from|into)\\b)[\\w\\s,]+|show\\s+[\\w.]+)\\s*;?\\s*",
          INSENSITIVE);

  private static final Pattern ASKING =
      Pattern.compile("\\b(lastval|currval)\"?\\s*\\(", INSENSITIVE);

  /** What in the same text has left the answer by then. */
  private static final Pattern LEAVING =
      Pattern.compile("nextval|\\b(insert|merge|copy)\\b.*(;|\\breturning\\b)", INSENSITIVE);

  private SqlMemory() {}

  /** Whether {@code sql} only reads, and no sequence. */
  static boolean isLeftAloneBy(String sql) {
    return CONSTANT.matcher(sql).matches();
  }

  /** Whether {@code sql} may ask for what statements before it left. */
  static boolean isAskedBy(String sql) {
    Matcher asking = ASKING.matcher(sql);
    return asking.find() && !LEAVING.matcher(sql).region(0, asking.start()).find();
  }
}
