package io.percred.postgres.sql;

import java.util.Arrays;

/**
 * Cuts UTF-8 SQL text into tokens as PostgreSQL's own scanner does (src/backend/parser/scan.l), one
 * statement at a time. Confined to one {@link SqlScanner}; allocates nothing.
 *
 * <p>Two rules there are easily missed: a carriage return alone ends a {@code --} comment, and a
 * string goes on, with the escape rules of its first part, when only blanks with a line end between
 * them separate its closing quote from the next.
 */
final class SqlLexer {
  enum Token {
    /** The end of the statement, at a semicolon or at the end of the text. */
    END,
    WORD,
    QUOTED_NAME,
    UNICODE_NAME,
    STRING,
    NUMBER,
    SYMBOL
  }

  private static final byte BLANK = 1;
  private static final byte DIGIT = 2;
  private static final byte LETTER = 3;
  private static final byte[] CLASSES = classes();

  private static final byte[] NOTHING = {};

  private byte[] text = NOTHING;
  private int position;
  private int limit;
  private boolean plainStringsEscape;
  private int depth;
  private boolean semicolonsWithin;

  private Token token = Token.END;
  private int start;
  private int end;
  private boolean holdsBackslash;
  private boolean ambiguous;

  void reset(byte[] newText, int offset, int length, boolean standardConformingStrings) {
    text = newText;
    position = offset;
    limit = offset + length;
    plainStringsEscape = !standardConformingStrings;
    depth = 0;
    semicolonsWithin = false;
    holdsBackslash = false;
    ambiguous = false;
  }

  /** Lets go of the text, which belongs to a buffer of the connection. */
  void release() {
    reset(NOTHING, 0, 0, true);
  }

  /** Goes to the first token of the next statement that is not empty; false if there is none. */
  boolean nextStatement() {
    depth = 0;
    semicolonsWithin = false;
    advance();
    while (token == Token.END && position < limit) {
      position++;
      advance();
    }
    return token != Token.END;
  }

  Token token() {
    return token;
  }

  boolean atEnd() {
    return token == Token.END;
  }

  boolean at(char symbol) {
    return token == Token.SYMBOL && text[start] == symbol;
  }

  /** The keyword of the current token; quoted names are never keywords. */
  Keyword keyword() {
    return token == Token.WORD ? Keyword.of(text, start, end) : Keyword.NONE;
  }

  /** Goes to the next token and returns its keyword. */
  Keyword next() {
    advance();
    return keyword();
  }

  /** Whether the token is this name, bare or in quotes, in any case; never for a U&amp; name. */
  boolean isName(byte[] lowerCase) {
    int quote = token == Token.QUOTED_NAME ? 1 : 0;
    if ((token != Token.WORD && quote == 0) || end - start != lowerCase.length + 2 * quote) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      if (Keyword.lower(text[start + quote + i]) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether the token is a name, bare or in quotes, of ASCII letters, digits and underscores. */
  boolean isSimpleName() {
    int quote = token == Token.QUOTED_NAME ? 1 : 0;
    if (token != Token.WORD && quote == 0) {
      return false;
    }
    for (int at = start + quote; at < end - quote; at++) {
      if (text[at] < 0 || classOf(text[at]) < DIGIT) {
        return false;
      }
    }
    return true;
  }

  /** Whether the token is a number of decimal digits only. */
  boolean isInteger() {
    for (int at = start; at < end; at++) {
      if (classOf(text[at]) != DIGIT) {
        return false;
      }
    }
    return token == Token.NUMBER;
  }

  int start() {
    return start;
  }

  /** Where the token ends; at the end of a statement, where its last token ended. */
  int end() {
    return end;
  }

  /** How many parentheses are open behind the current token. */
  int depth() {
    return depth;
  }

  boolean holdsBackslash() {
    return holdsBackslash;
  }

  boolean ambiguous() {
    return ambiguous;
  }

  /** Whether semicolons are symbols inside the statement, as in a BEGIN ATOMIC body. */
  void semicolonsWithin(boolean within) {
    semicolonsWithin = within;
  }

  /** Goes to the next token; stays where it is at the end of the statement. */
  void advance() {
    skipBlanks();
    start = position;
    if (position >= limit) {
      token = Token.END;
      return;
    }
    byte c = text[position];
    switch (classOf(c)) {
      case LETTER -> wordOrPrefixedString();
      case DIGIT -> {
        token = Token.NUMBER;
        number();
      }
      default -> punctuation(c);
    }
    if (token != Token.END) {
      end = position;
    }
  }

  private void punctuation(byte c) {
    token = Token.SYMBOL;
    switch (c) {
      case '\'' -> string(plainStringsEscape, true);
      case '"' -> quotedName(Token.QUOTED_NAME);
      case '$' -> dollar();
      case ';' -> {
        // Only CREATE RULE has semicolons in parentheses; elsewhere they are a syntax error.
        if (depth == 0 && !semicolonsWithin) {
          token = Token.END;
        } else {
          position++;
        }
      }
      case '(' -> {
        depth++;
        position++;
      }
      case ')' -> {
        depth = Math.max(0, depth - 1);
        position++;
      }
      case 0 -> {
        ambiguous = true;
        position++;
      }
      default -> position++;
    }
  }

  private void skipBlanks() {
    while (position < limit) {
      byte c = text[position];
      if (classOf(c) == BLANK) {
        position++;
      } else if (c == '-' && peek(1) == '-') {
        position = lineEnd(position);
      } else if (c == '/' && peek(1) == '*') {
        blockComment();
      } else {
        return;
      }
    }
  }

  private int lineEnd(int from) {
    int at = from;
    while (at < limit && text[at] != '\n' && text[at] != '\r') {
      at++;
    }
    return at;
  }

  private void blockComment() {
    int open = 0;
    do {
      byte c = text[position];
      if (c == '/' && peek(1) == '*') {
        open++;
        position += 2;
      } else if (c == '*' && peek(1) == '/') {
        open--;
        position += 2;
      } else {
        position++;
      }
    } while (open > 0 && position < limit);
  }

  private void wordOrPrefixedString() {
    byte next = peek(1);
    if (next == '\'') {
      switch (text[position]) {
        case 'e', 'E' -> prefixedString(1, true, false);
        case 'b', 'B', 'x', 'X' -> prefixedString(1, false, false);
        case 'n', 'N' -> prefixedString(1, plainStringsEscape, true);
        default -> word();
      }
    } else if (next == '&' && (text[position] == 'u' || text[position] == 'U')) {
      switch (peek(2)) {
        case '\'' -> prefixedString(2, false, false);
        case '"' -> {
          position += 2;
          quotedName(Token.UNICODE_NAME);
        }
        default -> word();
      }
    } else {
      word();
    }
  }

  private void word() {
    token = Token.WORD;
    do {
      position++;
    } while (position < limit && (classOf(text[position]) >= DIGIT || text[position] == '$'));
  }

  /**
   * A number with whatever is glued to it. PostgreSQL 14 ends the number before the letters, 15
   * refuses them, 16 counts underscores and hexadecimal digits in: all the same, unless what
   * follows is a quote or a dollar sign.
   */
  private void number() {
    boolean letters = false;
    while (position < limit && (classOf(text[position]) >= DIGIT || text[position] == '.')) {
      letters |= classOf(text[position]) == LETTER;
      position++;
    }
    if (letters && (peek(0) == '\'' || peek(0) == '$')) {
      ambiguous = true;
    }
  }

  private void prefixedString(int prefix, boolean escapes, boolean plain) {
    position += prefix;
    string(escapes, plain);
  }

  private void string(boolean escapes, boolean plain) {
    token = Token.STRING;
    position++;
    while (position < limit) {
      byte c = text[position++];
      if (c == '\\') {
        holdsBackslash |= plain;
        if (escapes && position < limit) {
          position++;
        }
      } else if (c == '\'') {
        if (peek(0) != '\'') {
          int again = continuation();
          if (again < 0) {
            return;
          }
          position = again;
        }
        position++;
      }
    }
  }

  /** Where the quote is that continues the string just closed, or -1. */
  private int continuation() {
    boolean newLine = false;
    int at = position;
    while (at < limit) {
      byte c = text[at];
      if (classOf(c) == BLANK) {
        newLine |= c == '\n' || c == '\r';
        at++;
      } else if (c == '-' && at + 1 < limit && text[at + 1] == '-') {
        at = lineEnd(at);
      } else {
        return newLine && c == '\'' ? at : -1;
      }
    }
    return -1;
  }

  private void quotedName(Token kind) {
    token = kind;
    position++;
    while (position < limit) {
      if (text[position++] == '"') {
        if (peek(0) != '"') {
          return;
        }
        position++;
      }
    }
  }

  private void dollar() {
    int tagEnd = position + 1;
    if (classOf(peek(1)) == DIGIT) {
      position++;
      number();
      return;
    }
    while (tagEnd < limit && classOf(text[tagEnd]) >= DIGIT) {
      tagEnd++;
    }
    if (tagEnd == limit || text[tagEnd] != '$') {
      position++;
      return;
    }
    token = Token.STRING;
    int length = tagEnd + 1 - position;
    for (int at = tagEnd + 1; at + length <= limit; at++) {
      if (text[at] == '$'
          && Arrays.equals(text, position, position + length, text, at, at + length)) {
        position = at + length;
        return;
      }
    }
    position = limit;
  }

  /** The byte so far ahead, or 0 behind the end. */
  private byte peek(int ahead) {
    return position + ahead < limit ? text[position + ahead] : 0;
  }

  private static byte classOf(byte c) {
    return CLASSES[c & 0xff];
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    Arrays.fill(classes, 0x80, 0x100, LETTER);
    Arrays.fill(classes, 'a', 'z' + 1, LETTER);
    Arrays.fill(classes, 'A', 'Z' + 1, LETTER);
    classes['_'] = LETTER;
    Arrays.fill(classes, '0', '9' + 1, DIGIT);
    // Tab, line feed, vertical tab, form feed, carriage return.
    Arrays.fill(classes, '\t', '\r' + 1, BLANK);
    classes[' '] = BLANK;
    return classes;
  }
}
