package io.percred.postgres.sql;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what kinds of statements a text holds, as PostgreSQL 14 to 18 would split it. Holds the
 * state of one scan, so it is confined to one connection; a text of one statement costs one small
 * object.
 *
 * <p>The bytes are taken as UTF-8, the only encoding pgjdbc uses. Under a {@code client_encoding}
 * whose characters may end in an ASCII byte (SJIS, BIG5, GBK, …) the reading is worth nothing.
 */
public final class SqlScanner {
  private final SqlLexer lexer = new SqlLexer();
  private final StatementClassifier classifier;
  private final @Nullable IdentityGuard guard;

  /**
   * Makes a scanner for one connection.
   *
   * @param managedNames the settings that bindings set, in any case: SET, SHOW and RESET of them
   *     are never session control
   */
  public SqlScanner(Set<String> managedNames) {
    this(managedNames, Set.of());
  }

  /**
   * Makes a scanner for one connection that also tells what changes certain settings.
   *
   * @param managedNames as above
   * @param guardedNames the settings that {@link SqlText#guarded()} is about, in lower case; a name
   *     that ends with a dot stands for all that begin so
   */
  public SqlScanner(Set<String> managedNames, Set<String> guardedNames) {
    classifier = new StatementClassifier(lexer, new SessionSettings(managedNames));
    guard = guardedNames.isEmpty() ? null : new IdentityGuard(lexer, guardedNames);
  }

  /**
   * Splits and classifies a text, whatever its bytes are. A statement that is not closed takes the
   * rest of the text. The array is neither kept nor changed.
   *
   * @param text holds the text
   * @param offset where it begins
   * @param length its length in bytes
   * @param standardConformingStrings the server's setting: whether a backslash in a plain string is
   *     just a backslash
   * @throws IndexOutOfBoundsException if the range is not within the array
   */
  public SqlText scan(byte[] text, int offset, int length, boolean standardConformingStrings) {
    Objects.checkFromIndexSize(offset, length, text.length);
    SqlText found = new SqlText();
    lexer.reset(text, offset, length, standardConformingStrings);
    while (lexer.nextStatement()) {
      addStatement(found, offset);
    }
    if (found.count() == 0) {
      found.add(StatementKind.EMPTY, 0, length, null);
    }
    found.markDoubts(lexer.holdsBackslash(), lexer.ambiguous());
    if (guard != null) {
      found.markGuarded(guarded(guard, text, offset, length, standardConformingStrings));
    }
    lexer.release();
    return found;
  }

  /** Under both readings, where a backslash makes them differ. */
  private @Nullable String guarded(
      IdentityGuard guard, byte[] text, int offset, int length, boolean standardStrings) {
    boolean backslash = lexer.holdsBackslash();
    lexer.reset(text, offset, length, standardStrings);
    String found = guard.find();
    if (found == null && backslash) {
      lexer.reset(text, offset, length, !standardStrings);
      found = guard.find();
    }
    return found;
  }

  private void addStatement(SqlText found, int offset) {
    int start = lexer.start();
    Keyword first = lexer.keyword();
    StatementKind kind = classifier.classify();
    while (!lexer.atEnd()) {
      lexer.advance();
    }
    SessionChange change = kind == StatementKind.OTHER ? null : classifier.change();
    found.add(kind, start - offset, lexer.end() - offset, change);
    if (StatementClassifier.mayRename(first, kind)) {
      found.markRenames();
    }
  }
}
