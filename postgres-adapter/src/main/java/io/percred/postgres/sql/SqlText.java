package io.percred.postgres.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one scanned text, in order. A text without any statement has one of kind {@link
 * StatementKind#EMPTY} that covers it whole; empty statements beside others are left out. Immutable
 * once {@link SqlScanner#scan} has returned it.
 */
public final class SqlText {
  private int count;
  private StatementKind first = StatementKind.EMPTY;
  private int firstStart;
  private int firstEnd;
  private @Nullable SessionChange firstChange;
  private boolean mayRenameStatements;
  private boolean holdsBackslash;
  private boolean ambiguous;
  private @Nullable String guarded;

  /** The second and later statements; stays empty, so costs nothing, for a text of one. */
  private List<Part> more = List.of();

  private record Part(StatementKind kind, int start, int end, @Nullable SessionChange change) {}

  SqlText() {}

  /** How many statements there are, at least 1. */
  public int count() {
    return count;
  }

  /**
   * The kind of one statement.
   *
   * @throws IndexOutOfBoundsException if there is no such statement
   */
  public StatementKind kind(int statement) {
    return check(statement) == 0 ? first : more.get(statement - 1).kind();
  }

  /**
   * Where the first token of a statement begins, in bytes from the offset of the scan.
   *
   * @throws IndexOutOfBoundsException if there is no such statement
   */
  public int start(int statement) {
    return check(statement) == 0 ? firstStart : more.get(statement - 1).start();
  }

  /**
   * Where the last token of a statement ends, in bytes from the offset of the scan, exclusive. The
   * semicolon and whatever blanks and comments stand in front of it are not part of the statement.
   *
   * @throws IndexOutOfBoundsException if there is no such statement
   */
  public int end(int statement) {
    return check(statement) == 0 ? firstEnd : more.get(statement - 1).end();
  }

  /**
   * What one statement does to the settings of the session or to its transaction; null if nothing,
   * or if it begins a transaction.
   *
   * @throws IndexOutOfBoundsException if there is no such statement
   */
  public @Nullable SessionChange change(int statement) {
    return check(statement) == 0 ? firstChange : more.get(statement - 1).change();
  }

  /**
   * Whether a statement may change what a prepared statement's name stands for: PREPARE (but not
   * PREPARE TRANSACTION), DEALLOCATE, EXECUTE, DISCARD, DO or CALL.
   */
  public boolean mayRenameStatements() {
    return mayRenameStatements;
  }

  /**
   * Whether a backslash stands in a plain quoted string, so that the reading is only as good as the
   * value of {@code standard_conforming_strings} that was assumed.
   */
  public boolean holdsBackslash() {
    return holdsBackslash;
  }

  /**
   * Whether versions of PostgreSQL read this text differently: a letter glued to a number in front
   * of a quote or dollar sign ({@code 1e'…'}, {@code 1_0$x$}), or a NUL byte. No honest text does;
   * statement boundaries after that place cannot be relied on.
   */
  public boolean ambiguous() {
    return ambiguous;
  }

  /** What in the text is guarded against, such as {@code SET ROLE}; null if nothing is. */
  public @Nullable String guarded() {
    return guarded;
  }

  private int check(int statement) {
    if (statement < 0 || statement >= count) {
      throw new IndexOutOfBoundsException(statement);
    }
    return statement;
  }

  void add(StatementKind kind, int start, int end, @Nullable SessionChange change) {
    if (count == 0) {
      first = kind;
      firstStart = start;
      firstEnd = end;
      firstChange = change;
    } else {
      if (count == 1) {
        more = new ArrayList<>();
      }
      more.add(new Part(kind, start, end, change));
    }
    count++;
  }

  void markRenames() {
    mayRenameStatements = true;
  }

  void markGuarded(@Nullable String statement) {
    guarded = statement;
  }

  void markDoubts(boolean backslash, boolean ambiguousText) {
    holdsBackslash = backslash;
    ambiguous = ambiguousText;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("SqlText[");
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ", ").append(kind(i));
    }
    return text.append(']').toString();
  }
}
