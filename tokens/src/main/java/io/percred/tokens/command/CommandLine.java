package io.percred.tokens.command;

import java.util.ArrayList;
import java.util.List;

/**
 * A program and its arguments as written in a property: blanks separate, double quotes group, and
 * nothing else has a meaning. No shell sees it.
 */
record CommandLine(List<String> words) {
  CommandLine {
    words = List.copyOf(words);
  }

  /**
   * Takes a command apart.
   *
   * @throws IllegalArgumentException if it is empty or a quote is not closed
   */
  static CommandLine parse(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean begun = false;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '"') {
        quoted = !quoted;
        begun = true;
      } else if (Character.isWhitespace(character) && !quoted) {
        if (begun) {
          words.add(word.toString());
          word.setLength(0);
          begun = false;
        }
      } else {
        word.append(character);
        begun = true;
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("a double quote is not closed");
    }
    if (begun) {
      words.add(word.toString());
    }
    if (words.isEmpty() || words.get(0).isEmpty()) {
      throw new IllegalArgumentException("it names no program");
    }
    return new CommandLine(words);
  }

  String program() {
    return words.get(0);
  }

  /** The program only: arguments may hold secrets. */
  @Override
  public String toString() {
    return program();
  }
}
