package io.percred.postgres.sql;

import java.util.Arrays;

/**
 * Finds the ends of comments, strings and quoted names. Each method takes the place where the thing
 * begins and returns the place behind it, which is the limit if it is not closed.
 */
final class Delimited {
  private Delimited() {}

  /** A comment from two dashes to the line end, which is not part of it. */
  static int lineComment(byte[] text, int start, int limit) {
    int at = start;
    while (at < limit && !CharacterClass.isLineEnd(text[at])) {
      at++;
    }
    return at;
  }

  /** A comment between slashes and asterisks, in which others may be nested. */
  static int blockComment(byte[] text, int start, int limit) {
    int open = 1;
    int at = start + 2;
    while (open > 0 && at < limit) {
      if (isPair(text, at, limit, '/', '*')) {
        open++;
        at += 2;
      } else if (isPair(text, at, limit, '*', '/')) {
        open--;
        at += 2;
      } else {
        at++;
      }
    }
    return at;
  }

  static boolean isPair(byte[] text, int at, int limit, char first, char second) {
    return at + 1 < limit && text[at] == first && text[at + 1] == second;
  }

  /** A name from its opening double quote on. */
  static int quotedName(byte[] text, int start, int limit) {
    int at = start + 1;
    while (at < limit) {
      if (text[at++] == '"') {
        if (at == limit || text[at] != '"') {
          return at;
        }
        at++;
      }
    }
    return limit;
  }

  /** A string from its opening quote on, with all the parts that continue it. */
  static int string(byte[] text, int start, int limit, boolean backslashEscapes) {
    int at = start + 1;
    while (at < limit) {
      byte c = text[at++];
      if (c == '\\' && backslashEscapes) {
        at++;
      } else if (c == '\'') {
        int next = at < limit && text[at] == '\'' ? at : continuation(text, at, limit);
        if (next < 0) {
          return at;
        }
        at = next + 1;
      }
    }
    return limit;
  }

  /** Where the quote is that continues a string closed just before this place, or -1. */
  private static int continuation(byte[] text, int start, int limit) {
    boolean lineEnd = false;
    int at = start;
    while (at < limit) {
      if (CharacterClass.isBlank(text[at])) {
        lineEnd |= CharacterClass.isLineEnd(text[at]);
        at++;
      } else if (isPair(text, at, limit, '-', '-')) {
        at = lineComment(text, at, limit);
      } else {
        return lineEnd && text[at] == '\'' ? at : -1;
      }
    }
    return -1;
  }

  /** A dollar-quoted string from its first dollar sign on, or -1 if none begins here. */
  static int dollarString(byte[] text, int start, int limit) {
    int tagEnd = start + 1;
    if (tagEnd < limit && CharacterClass.isDigit(text[tagEnd])) {
      return -1;
    }
    while (tagEnd < limit && CharacterClass.isLetterOrDigit(text[tagEnd])) {
      tagEnd++;
    }
    if (tagEnd == limit || text[tagEnd] != '$') {
      return -1;
    }
    int open = tagEnd + 1;
    int length = open - start;
    for (int at = open; at + length <= limit; at++) {
      if (text[at] == '$' && Arrays.equals(text, start, open, text, at, at + length)) {
        return at + length;
      }
    }
    return limit;
  }
}
