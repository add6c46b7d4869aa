package io.percred.snowflake.emulator;

import java.util.Locale;

/**
 * One token of a statement; comments are none.
 *
 * @param text as written, but string literals with the quotes and escapes of standard SQL
 * @param spaced whether blanks or comments stood in front of it
 */
record SqlToken(Kind kind, String text, boolean spaced) {
  enum Kind {
    WORD,
    QUOTED,
    STRING,
    NUMBER,
    BIND,
    VARIABLE,
    SYMBOL
  }

  /** Whether this is the unquoted word or the symbol {@code upper}. */
  boolean is(String upper) {
    return (kind == Kind.WORD || kind == Kind.SYMBOL) && text.equalsIgnoreCase(upper);
  }

  /** An identifier as Snowflake stores it: unquoted ones in upper case. */
  String name() {
    return switch (kind) {
      case QUOTED -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
      case STRING -> text.substring(1, text.length() - 1).replace("''", "'");
      default -> text.toUpperCase(Locale.ROOT);
    };
  }
}
