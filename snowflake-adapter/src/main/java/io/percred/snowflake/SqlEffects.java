package io.percred.snowflake;

import io.percred.session.SqlEffect;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells what Snowflake SQL does to its session, from the first word of each statement in a text.
 * What is not known to leave nothing behind counts as leaving something: USE, ALTER SESSION, SET
 * and CALL, but also CREATE, as a new database or schema becomes the current one.
 */
final class SqlEffects {
  private static final Set<String> HARMLESS =
      Set.of(
          "SELECT",
          "VALUES",
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "COPY",
          "TRUNCATE",
          "SHOW",
          "DESC",
          "DESCRIBE",
          "EXPLAIN",
          "LIST",
          "LS");
  private static final Set<String> READING =
      Set.of("SELECT", "VALUES", "WITH", "SHOW", "DESC", "DESCRIBE", "EXPLAIN", "LIST", "LS");

  /** Functions that do something: those of the system, and sequences. */
  private static final Pattern SIDE_EFFECT =
      Pattern.compile("system\\$|nextval", Pattern.CASE_INSENSITIVE);

  /** What begins a block, or more than one statement. */
  private static final Set<String> BLOCKS =
      Set.of("BEGIN", "DECLARE", "CREATE", "EXECUTE", "CALL", "IF", "FOR", "WHILE", "LOOP");

  private static final Set<String> TRANSACTION_WORDS = Set.of("TRANSACTION", "WORK", "NAME");

  /** Snowflake's pipe, which chains statements of any kind. */
  private static final String PIPE = "->>";

  /** What ends the name of a stage and the path in it. */
  private static final String AFTER_STAGE = ";,()'\"";

  private final String sql;
  private int at;

  /** Something was skipped of which Snowflake may read another part as SQL. */
  private boolean doubtful;

  private SqlEffects(String sql) {
    this.sql = sql;
  }

  /** The effect of all statements in {@code sql} together. */
  static SqlEffect of(String sql) {
    SqlEffects reader = new SqlEffects(sql);
    SqlEffect whole = null;
    while (true) {
      reader.skipBlank(true);
      if (reader.at >= sql.length() && !reader.doubtful) {
        return whole == null ? SqlEffect.NONE : whole;
      }
      SqlEffect next = reader.doubtful ? SqlEffect.CHANGES_SESSION : reader.statement();
      whole = whole == null || whole == next ? next : SqlEffect.CHANGES_SESSION;
      if (whole == SqlEffect.CHANGES_SESSION) {
        return whole;
      }
    }
  }

  /** Whether all statements in {@code sql} only read, which may be done twice. */
  static boolean onlyReads(String sql) {
    SqlEffects reader = new SqlEffects(sql);
    boolean reads = of(sql) == SqlEffect.NONE && !SIDE_EFFECT.matcher(sql).find();
    reader.skipBlank(true);
    while (reads && reader.at < sql.length()) {
      reader.skipParentheses();
      reads = READING.contains(reader.word());
      reader.skipStatement();
      reader.skipBlank(true);
    }
    return reads;
  }

  /** How many statements there are in {@code sql}; 0 where Snowflake may count others. */
  static int statementsIn(String sql) {
    SqlEffects reader = new SqlEffects(sql);
    int count = 0;
    reader.skipBlank(true);
    while (reader.at < sql.length()) {
      String first = reader.word();
      if (BLOCKS.contains(first) || sql.startsWith(PIPE, reader.at)) {
        return 0;
      }
      reader.skipStatement();
      if (reader.doubtful || sql.startsWith(PIPE, reader.at)) {
        return 0;
      }
      count++;
      reader.skipBlank(true);
    }
    return count;
  }

  private void skipParentheses() {
    while (at < sql.length() && sql.charAt(at) == '(') {
      at++;
      skipBlank(false);
    }
  }

  private SqlEffect statement() {
    skipParentheses();
    String first = word();
    SqlEffect effect =
        switch (first) {
          case "BEGIN", "START" ->
              beginsTransaction() ? SqlEffect.BEGINS_TRANSACTION : SqlEffect.CHANGES_SESSION;
          case "COMMIT", "ROLLBACK" -> SqlEffect.ENDS_TRANSACTION;
          // WITH … AS PROCEDURE … CALL runs an anonymous procedure.
          case "WITH" ->
              sql.toUpperCase(Locale.ROOT).contains("PROCEDURE")
                  ? SqlEffect.CHANGES_SESSION
                  : SqlEffect.NONE;
          default -> HARMLESS.contains(first) ? SqlEffect.NONE : SqlEffect.CHANGES_SESSION;
        };
    skipStatement();
    return effect;
  }

  /** BEGIN also opens a block of Snowflake Scripting, which can do anything. */
  private boolean beginsTransaction() {
    skipBlank(false);
    return at >= sql.length() || sql.charAt(at) == ';' || TRANSACTION_WORDS.contains(word());
  }

  private String word() {
    int start = at;
    skipWord();
    return sql.substring(start, at).toUpperCase(Locale.ROOT);
  }

  /** A dollar sign within a word quotes nothing. */
  private void skipWord() {
    while (at < sql.length()
        && (Character.isLetterOrDigit(sql.charAt(at)) || "_$".indexOf(sql.charAt(at)) >= 0)) {
      at++;
    }
  }

  private void skipBlank(boolean separators) {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c) || (separators && c == ';')) {
        at++;
      } else if (separators && sql.startsWith(PIPE, at)) {
        at += PIPE.length();
      } else if (sql.startsWith("--", at) || sql.startsWith("//", at)) {
        skipLine();
      } else if (sql.startsWith("/*", at)) {
        at = afterFrom("*/", at + 2);
      } else {
        return;
      }
    }
  }

  private void skipStatement() {
    while (at < sql.length() && sql.charAt(at) != ';' && !sql.startsWith(PIPE, at)) {
      char c = sql.charAt(at);
      if (c == '\'') {
        skipString();
      } else if (c == '"') {
        at = afterFrom("\"", at + 1);
      } else if (sql.startsWith("$$", at)) {
        at = afterFrom("$$", at + 2);
      } else if (sql.startsWith("--", at) || sql.startsWith("//", at)) {
        skipLine();
      } else if (sql.startsWith("/*", at)) {
        at = afterFrom("*/", at + 2);
      } else if (c == '@') {
        skipStage();
      } else if (c == '_' || Character.isLetter(c)) {
        skipWord();
      } else {
        at++;
      }
    }
  }

  /** In Snowflake a backslash escapes within single quotes. */
  private void skipString() {
    at++;
    while (at < sql.length() && sql.charAt(at) != '\'') {
      at += sql.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, sql.length());
  }

  /** A carriage return alone ends a line for some. */
  private void skipLine() {
    int start = at;
    at = afterFrom("\n", at);
    String line = sql.substring(start, at);
    doubtful |= line.replace("\r\n", "").indexOf('\r') >= 0;
  }

  /** Whether a comment or a pipe begins within a path is Snowflake's to say. */
  private void skipStage() {
    int start = at;
    while (at < sql.length()
        && !Character.isWhitespace(sql.charAt(at))
        && AFTER_STAGE.indexOf(sql.charAt(at)) < 0) {
      at++;
    }
    String stage = sql.substring(start, at);
    doubtful |= Stream.of("//", "--", "/*", PIPE).anyMatch(stage::contains);
  }

  private int afterFrom(String end, int from) {
    int found = sql.indexOf(end, from);
    return found < 0 ? sql.length() : found + end.length();
  }
}
