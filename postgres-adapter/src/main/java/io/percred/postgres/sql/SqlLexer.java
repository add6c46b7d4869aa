package io.percred.postgres.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

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
      if (text[at] < 0 || !CharacterClass.isLetterOrDigit(text[at])) {
        return false;
      }
    }
    return true;
  }

  /** The name that the token is, bare or in quotes; null if it is none, or has Unicode escapes. */
  @Nullable String plainName() {
    return switch (token) {
      case WORD -> new String(text, start, end - start, StandardCharsets.UTF_8);
      case QUOTED_NAME -> unquoted('"');
      default -> null;
    };
  }

  /** The name that the token is, in lower case unless it is in quotes; else what stands there. */
  String identifier() {
    String name = plainName();
    return name == null
        ? new String(text, start, end - start, StandardCharsets.UTF_8)
        : token == Token.WORD ? name.toLowerCase(Locale.ROOT) : name;
  }

  /** What the token holds if it is a string of one part without prefix and escapes, else null. */
  @Nullable String plainString() {
    boolean plain = token == Token.STRING && text[start] == '\'';
    String content = plain ? unquoted('\'') : null;
    return content == null || content.indexOf('\\') >= 0 ? null : content;
  }

  /** What stands between the quotes, doubled ones undone; null if it is not closed or continued. */
  private @Nullable String unquoted(char quote) {
    if (end - start < 2 || text[end - 1] != quote) {
      return null;
    }
    String within = new String(text, start + 1, end - start - 2, StandardCharsets.UTF_8);
    String pair = String.valueOf(quote) + quote;
    return within.replace(pair, "").indexOf(quote) >= 0
        ? null
        : within.replace(pair, String.valueOf(quote));
  }

  /** Whether the token is a number of decimal digits only. */
  boolean isInteger() {
    for (int at = start; at < end; at++) {
      if (!CharacterClass.isDigit(text[at])) {
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
    if (CharacterClass.isLetter(c)) {
      wordOrPrefixedString(c);
    } else if (CharacterClass.isDigit(c)) {
      number();
    } else {
      punctuation(c);
    }
    if (token != Token.END) {
      end = position;
    }
  }

  private void skipBlanks() {
    while (position < limit) {
      byte c = text[position];
      if (CharacterClass.isBlank(c)) {
        position++;
      } else if (c == '-' && peek(1) == '-') {
        position = Delimited.lineComment(text, position, limit);
      } else if (c == '/' && peek(1) == '*') {
        position = Delimited.blockComment(text, position, limit);
      } else {
        return;
      }
    }
  }

  private void punctuation(byte c) {
    token = Token.SYMBOL;
    switch (c) {
      case '\'' -> string(0, plainStringsEscape, true);
      case '"' -> quotedName(0, Token.QUOTED_NAME);
      case '$' -> dollar();
      case ';' -> semicolon();
      case '(' -> {
        depth++;
        position++;
      }
      case ')' -> {
        depth = Math.max(0, depth - 1);
        position++;
      }
      default -> {
        ambiguous |= c == 0;
        position++;
      }
    }
  }

  /** Only CREATE RULE has semicolons in parentheses; elsewhere they are a syntax error. */
  private void semicolon() {
    if (depth == 0 && !semicolonsWithin) {
      token = Token.END;
    } else {
      position++;
    }
  }

  private void wordOrPrefixedString(byte c) {
    byte next = peek(1);
    if (next == '\'') {
      switch (c) {
        case 'e', 'E' -> string(1, true, false);
        case 'b', 'B', 'x', 'X' -> string(1, false, false);
        case 'n', 'N' -> string(1, plainStringsEscape, true);
        default -> word();
      }
    } else if (next == '&' && (c == 'u' || c == 'U')) {
      switch (peek(2)) {
        case '\'' -> string(2, false, false);
        case '"' -> quotedName(2, Token.UNICODE_NAME);
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
    } while (position < limit
        && (CharacterClass.isLetterOrDigit(text[position]) || text[position] == '$'));
  }

  private void number() {
    token = Token.NUMBER;
    digits();
  }

  /**
   * Goes past digits with whatever is glued to them. PostgreSQL 14 ends the number before the
   * letters, 15 refuses them, 16 counts underscores and hexadecimal digits in: all the same, unless
   * what follows is a quote or a dollar sign.
   */
  private void digits() {
    boolean letters = false;
    while (position < limit
        && (CharacterClass.isLetterOrDigit(text[position]) || text[position] == '.')) {
      letters |= CharacterClass.isLetter(text[position]);
      position++;
    }
    ambiguous |= letters && (peek(0) == '\'' || peek(0) == '$');
  }

  private void string(int prefix, boolean escapes, boolean plain) {
    token = Token.STRING;
    int from = position + prefix;
    position = Delimited.string(text, from, limit, escapes);
    for (int at = from; plain && !holdsBackslash && at < position; at++) {
      holdsBackslash = text[at] == '\\';
    }
  }

  private void quotedName(int prefix, Token kind) {
    token = kind;
    position = Delimited.quotedName(text, position + prefix, limit);
  }

  private void dollar() {
    int stringEnd = Delimited.dollarString(text, position, limit);
    if (stringEnd >= 0) {
      token = Token.STRING;
      position = stringEnd;
    } else {
      position++;
      digits();
    }
  }

  /** The byte so far ahead, or 0 behind the end. */
  private byte peek(int ahead) {
    return position + ahead < limit ? text[position + ahead] : 0;
  }
}
