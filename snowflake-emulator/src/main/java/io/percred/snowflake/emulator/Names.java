package io.percred.snowflake.emulator;

import org.jspecify.annotations.Nullable;

/** Identifiers and literals in SQL text. */
final class Names {
  private Names() {}

  /** A string literal, or NULL. */
  static String literal(@Nullable String text) {
    return text == null ? "NULL" : "'" + text.replace("'", "''") + "'";
  }

  /** A quoted identifier. */
  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
