package io.percred.postgres.sql;

import java.util.Arrays;

/** What a byte of SQL can be part of, by a table; bytes above ASCII are letters to the server. */
final class CharacterClass {
  private static final byte BLANK = 1;
  private static final byte DIGIT = 2;
  private static final byte LETTER = 3;
  private static final byte[] CLASSES = classes();

  private CharacterClass() {}

  static boolean isBlank(byte c) {
    return CLASSES[c & 0xff] == BLANK;
  }

  static boolean isDigit(byte c) {
    return CLASSES[c & 0xff] == DIGIT;
  }

  static boolean isLetter(byte c) {
    return CLASSES[c & 0xff] == LETTER;
  }

  static boolean isLetterOrDigit(byte c) {
    return CLASSES[c & 0xff] >= DIGIT;
  }

  static boolean isLineEnd(byte c) {
    return c == '\n' || c == '\r';
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
