package io.percred.postgres.sql;

import java.util.Locale;

/**
 * What may be shown of a statement: its first word, and the name of what it sets. Values, and
 * whatever else may hold a secret, are left out.
 */
public final class StatementWords {
  private static final int LONGEST = 63;

  private StatementWords() {}

  /**
   * The words of the first statement in a text that is no SET, RESET or SHOW that passes without a
   * caller.
   *
   * @return such as {@code SET role} or {@code LOAD}; empty if nothing can be told
   */
  public static String of(byte[] text, int offset, int length, SqlText scanned) {
    int statement = 0;
    while (statement < scanned.count() - 1 && isMinor(scanned.kind(statement))) {
      statement++;
    }
    SqlLexer lexer = new SqlLexer();
    int start = scanned.start(statement);
    lexer.reset(text, offset + start, length - start, true);
    String words = lexer.nextStatement() ? words(lexer) : "";
    return words.length() > LONGEST ? words.substring(0, LONGEST) : words;
  }

  private static boolean isMinor(StatementKind kind) {
    return switch (kind) {
      case EMPTY, BEGIN, SESSION_CONTROL, SET_UP, SET_TRANSACTION, PING -> true;
      default -> false;
    };
  }

  private static String words(SqlLexer lexer) {
    Keyword first = lexer.keyword();
    if (lexer.token() != SqlLexer.Token.WORD || !lexer.isSimpleName()) {
      return "";
    }
    String verb = lexer.identifier().toUpperCase(Locale.ROOT);
    if (first != Keyword.SET && first != Keyword.RESET) {
      return verb;
    }
    Keyword word = lexer.next();
    if (word == Keyword.LOCAL) {
      word = lexer.next();
    } else if (word == Keyword.SESSION) {
      word = lexer.next();
      if (word == Keyword.AUTHORIZATION) {
        return verb + " session authorization";
      }
    }
    StringBuilder words = new StringBuilder(verb).append(' ');
    while (lexer.isSimpleName()) {
      words.append(lexer.plainName());
      lexer.advance();
      if (!lexer.at('.')) {
        break;
      }
      words.append('.');
      lexer.advance();
    }
    return words.toString().strip();
  }
}
