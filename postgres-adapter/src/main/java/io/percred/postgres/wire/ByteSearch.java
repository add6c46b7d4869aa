package io.percred.postgres.wire;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Looks for words in SQL, wherever they stand and in any case. Immutable. */
final class ByteSearch {
  private static final int LOWER = 'a' - 'A';

  private final byte[][] words;

  private ByteSearch(byte[][] words) {
    this.words = words;
  }

  /**
   * A search for any of these.
   *
   * @param words in lower case, of ASCII characters, beginning with a letter
   */
  static ByteSearch of(String... words) {
    return new ByteSearch(
        Stream.of(words)
            .map(word -> word.getBytes(StandardCharsets.US_ASCII))
            .toArray(byte[][]::new));
  }

  /** Whether one of the words is in the text. */
  boolean isIn(byte[] text, int from, int end) {
    for (int at = from; at < end; at++) {
      for (byte[] word : words) {
        if ((text[at] | LOWER) == word[0] && isAt(word, text, at, end)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether one of the words begins where the text does. */
  boolean isAt(byte[] text, int from, int end) {
    for (byte[] word : words) {
      if (from < end && (text[from] | LOWER) == word[0] && isAt(word, text, from, end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAt(byte[] word, byte[] text, int at, int end) {
    if (end - at < word.length) {
      return false;
    }
    for (int i = 1; i < word.length; i++) {
      byte letter = text[at + i];
      if ((letter >= 'A' && letter <= 'Z' ? letter + LOWER : letter) != word[i]) {
        return false;
      }
    }
    return true;
  }
}
