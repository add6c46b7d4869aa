package io.percred.postgres.sql;

import java.nio.charset.StandardCharsets;

/** The words the classifier decides by. {@link #NONE} stands for every other token. */
enum Keyword {
  NONE,
  ABORT,
  ALL,
  ALTER,
  AND,
  AS,
  ATOMIC,
  AUTHORIZATION,
  BEGIN,
  CALL,
  CHAIN,
  CHARACTERISTICS,
  CLUSTER,
  COMMIT,
  CONCURRENTLY,
  COPY,
  CREATE,
  CURRENT_CATALOG,
  CURRENT_DATABASE,
  CURRENT_SCHEMA,
  DATABASE,
  DEALLOCATE,
  DEFAULT,
  DEFERRABLE,
  DELETE,
  DISCARD,
  DO,
  DROP,
  END,
  EXECUTE,
  FROM,
  FUNCTION,
  INDEX,
  INSERT,
  ISOLATION,
  LEVEL,
  LISTEN,
  LOCAL,
  LOCK,
  MERGE,
  NAMES,
  NO,
  NOT,
  OR,
  PREPARE,
  PREPARED,
  PROCEDURE,
  READ,
  REINDEX,
  RELEASE,
  REPLACE,
  RESET,
  ROLE,
  ROLLBACK,
  SAVEPOINT,
  SCHEMA,
  SELECT,
  SESSION,
  SET,
  SHOW,
  SNAPSHOT,
  START,
  STDIN,
  STDOUT,
  SUBSCRIPTION,
  SYSTEM,
  TABLE,
  TABLESPACE,
  TIME,
  TO,
  TRANSACTION,
  UESCAPE,
  UNIQUE,
  UNLISTEN,
  UPDATE,
  USER,
  VACUUM,
  VALUES,
  VERBOSE,
  WITH,
  WORK,
  ZONE;

  private static final int SLOTS = 512;
  private static final Keyword[] TABLE_OF_WORDS = new Keyword[SLOTS];

  static {
    for (Keyword keyword : values()) {
      if (keyword != NONE) {
        byte[] word = keyword.name().getBytes(StandardCharsets.US_ASCII);
        int slot = slot(word, 0, word.length);
        while (TABLE_OF_WORDS[slot] != null) {
          slot = (slot + 1) % SLOTS;
        }
        TABLE_OF_WORDS[slot] = keyword;
      }
    }
  }

  /** The keyword that the bytes spell, in any case (ASCII only, as the server folds), or NONE. */
  static Keyword of(byte[] text, int start, int end) {
    if (end - start < 2) {
      return NONE;
    }
    int slot = slot(text, start, end);
    for (Keyword found = TABLE_OF_WORDS[slot]; found != null; found = TABLE_OF_WORDS[slot]) {
      if (found.isSpelled(text, start, end)) {
        return found;
      }
      slot = (slot + 1) % SLOTS;
    }
    return NONE;
  }

  private boolean isSpelled(byte[] text, int start, int end) {
    String word = name();
    if (end - start != word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (upper(text[start + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int slot(byte[] text, int start, int end) {
    int hash = end - start;
    hash = 31 * hash + upper(text[start]);
    hash = 31 * hash + upper(text[start + 1]);
    hash = 31 * hash + upper(text[end - 1]);
    return (hash & Integer.MAX_VALUE) % SLOTS;
  }

  private static int upper(byte letter) {
    return letter >= 'a' && letter <= 'z' ? letter - ('a' - 'A') : letter;
  }

  static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  }
}
