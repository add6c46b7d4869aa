package io.percred.snowflake.emulator;

import io.percred.snowflake.emulator.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a statement of Snowflake's dialect into tokens: three kinds of comments, backslash escapes
 * in string literals, {@code $$} strings, {@code $variables}. Confined to one call.
 */
final class SqlLexer {
  private final String sql;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;
  private boolean spaced;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /**
   * The tokens of one statement.
   *
   * @throws SnowflakeError if a literal or comment does not end, or there is more than one
   *     statement
   */
  static List<SqlToken> tokens(String sql) throws SnowflakeError {
    SqlLexer lexer = new SqlLexer(sql);
    while (lexer.at < sql.length()) {
      lexer.next();
    }
    List<SqlToken> tokens = lexer.tokens;
    while (!tokens.isEmpty() && tokens.get(tokens.size() - 1).is(";")) {
      tokens.remove(tokens.size() - 1);
    }
    if (tokens.stream().anyMatch(token -> token.is(";"))) {
      throw new SnowflakeError(
          "000008", "0A000", "Actual statement count did not match the desired statement count 1.");
    }
    return tokens;
  }

  /**
   * The texts of the statements, those that say nothing left out.
   *
   * @throws SnowflakeError if a literal or comment does not end
   */
  static List<String> statements(String sql) throws SnowflakeError {
    SqlLexer lexer = new SqlLexer(sql);
    List<String> statements = new ArrayList<>();
    int begin = 0;
    while (lexer.at < sql.length()) {
      int at = lexer.at;
      lexer.next();
      boolean ends = lexer.at == sql.length();
      if (sql.charAt(at) == ';' || ends) {
        String statement = sql.substring(begin, sql.charAt(at) == ';' ? at : sql.length());
        if (!tokens(statement).isEmpty()) {
          statements.add(statement);
        }
        begin = lexer.at;
      }
    }
    return statements;
  }

  private void next() throws SnowflakeError {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
      spaced = true;
    } else if (sql.startsWith("--", at) || sql.startsWith("//", at)) {
      int end = sql.indexOf('\n', at);
      at = end < 0 ? sql.length() : end + 1;
      spaced = true;
    } else if (sql.startsWith("/*", at)) {
      at = endOf("*/", at + 2);
      spaced = true;
    } else if (c == '\'') {
      string();
    } else if (sql.startsWith("$$", at)) {
      int end = endOf("$$", at + 2);
      add(Kind.STRING, Names.literal(sql.substring(at + 2, end - 2)), end);
    } else if (c == '"') {
      int end = endOf("\"", at + 1);
      while (end < sql.length() && sql.charAt(end) == '"') {
        end = endOf("\"", end + 1);
      }
      add(Kind.QUOTED, sql.substring(at, end), end);
    } else {
      wordOrSymbol(c);
    }
  }

  private void wordOrSymbol(char c) {
    if (Character.isLetter(c) || c == '_') {
      take(Kind.WORD, at + 1);
    } else if (Character.isDigit(c) || (c == '.' && digitAt(at + 1))) {
      number();
    } else if (c == '$' && at + 1 < sql.length() && Character.isLetter(sql.charAt(at + 1))) {
      take(Kind.VARIABLE, at + 1);
    } else if (c == '?') {
      add(Kind.BIND, "?", at + 1);
    } else if (c == ':' && digitAt(at + 1)) {
      take(Kind.BIND, at + 1);
    } else {
      int length = sql.startsWith("::", at) || sql.startsWith("=>", at) ? 2 : 1;
      add(Kind.SYMBOL, sql.substring(at, at + length), at + length);
    }
  }

  private void number() {
    int end = at;
    while (end < sql.length() && (digitAt(end) || sql.charAt(end) == '.')) {
      end++;
    }
    if (end < sql.length() && (sql.charAt(end) == 'e' || sql.charAt(end) == 'E')) {
      int exponent = end + 1;
      if (exponent < sql.length() && (sql.charAt(exponent) == '-' || sql.charAt(exponent) == '+')) {
        exponent++;
      }
      if (digitAt(exponent)) {
        end = exponent;
        while (digitAt(end)) {
          end++;
        }
      }
    }
    add(Kind.NUMBER, sql.substring(at, end), end);
  }

  private void string() throws SnowflakeError {
    StringBuilder value = new StringBuilder();
    int i = at + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (c == '\\' && i + 1 < sql.length()) {
        value.append(unescape(sql.charAt(i + 1)));
        i += 2;
      } else if (c != '\'') {
        value.append(c);
        i++;
      } else if (i + 1 < sql.length() && sql.charAt(i + 1) == '\'') {
        value.append(c);
        i += 2;
      } else {
        add(Kind.STRING, Names.literal(value.toString()), i + 1);
        return;
      }
    }
    throw SnowflakeError.syntax("'");
  }

  private static char unescape(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '0' -> '\0';
      default -> c;
    };
  }

  private void take(Kind kind, int from) {
    int end = from;
    while (end < sql.length() && isPart(sql.charAt(end))) {
      end++;
    }
    add(kind, sql.substring(at, end), end);
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private boolean digitAt(int index) {
    return index < sql.length() && Character.isDigit(sql.charAt(index));
  }

  private int endOf(String terminator, int from) throws SnowflakeError {
    int end = sql.indexOf(terminator, from);
    if (end < 0) {
      throw SnowflakeError.syntax("<EOF>");
    }
    return end + terminator.length();
  }

  private void add(Kind kind, String text, int end) {
    tokens.add(new SqlToken(kind, text, spaced));
    spaced = false;
    at = end;
  }
}
