package io.percred.postgres.sql;

import io.percred.postgres.sql.SessionChange.Verb;
import org.jspecify.annotations.Nullable;

/**
 * Tells the kind of one statement from its first words. Reads no further than it must; the caller
 * goes on to the end of the statement. Where a word is missing or unexpected the answer is OTHER:
 * what PostgreSQL would refuse anyway is not worth an exemption.
 */
final class StatementClassifier {
  private final SqlLexer lexer;
  private final SessionSettings settings;
  private @Nullable SessionChange change;

  StatementClassifier(SqlLexer lexer, SessionSettings settings) {
    this.lexer = lexer;
    this.settings = settings;
  }

  /** The kind of the statement on whose first token the lexer stands. */
  StatementKind classify() {
    change = null;
    Keyword first = lexer.keyword();
    return switch (first) {
      case BEGIN -> StatementKind.BEGIN;
      case START -> only(lexer.next() == Keyword.TRANSACTION, StatementKind.BEGIN);
      case COMMIT, END, ROLLBACK, ABORT -> transactionEnd(first);
      case PREPARE -> prepare();
      case SAVEPOINT -> savepoint();
      case RELEASE -> ofSavepoint(StatementKind.RELEASE, Verb.RELEASE);
      case SET -> ofSettings(settings.set(lexer));
      case SHOW -> settings.show(lexer);
      case RESET -> ofSettings(settings.reset(lexer));
      case DISCARD -> {
        change = lexer.next() == Keyword.ALL ? SessionChange.RESET_ALL : null;
        yield StatementKind.SESSION_CONTROL;
      }
      case LISTEN, UNLISTEN, DEALLOCATE -> StatementKind.SESSION_CONTROL;
      case SELECT -> ping();
      case INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, WITH -> StatementKind.FAST;
      case LOCK -> StatementKind.LOCK;
      case COPY -> copy();
      case CREATE -> create();
      case ALTER -> alter();
      case DROP -> drop();
      case REINDEX -> reindex();
      case CLUSTER -> cluster();
      case VACUUM -> StatementKind.UNBINDABLE;
      case CALL, DO -> StatementKind.PROCEDURE;
      default -> only(lexer.at('(') && isQueryInParentheses(), StatementKind.FAST);
    };
  }

  /** Whether a statement with this first word and kind may change prepared statements' names. */
  static boolean mayRename(Keyword first, StatementKind kind) {
    return switch (first) {
      case PREPARE -> kind != StatementKind.TRANSACTION_END;
      case DEALLOCATE, EXECUTE, DISCARD, DO, CALL -> true;
      default -> false;
    };
  }

  /** What the statement that was classified last does to settings or transaction, or null. */
  @Nullable SessionChange change() {
    return change;
  }

  private StatementKind ofSettings(StatementKind kind) {
    change = settings.change();
    return kind;
  }

  private StatementKind savepoint() {
    lexer.advance();
    change = SessionChange.of(Verb.SAVEPOINT, lexer.identifier());
    return StatementKind.SAVEPOINT;
  }

  /** The word SAVEPOINT may stand in front of the name of one, and be the name itself. */
  private StatementKind ofSavepoint(StatementKind kind, Verb verb) {
    boolean word = lexer.next() == Keyword.SAVEPOINT;
    String name = lexer.identifier();
    if (word) {
      lexer.advance();
      name = lexer.atEnd() ? name : lexer.identifier();
    }
    change = SessionChange.of(verb, name);
    return kind;
  }

  private static StatementKind only(boolean recognised, StatementKind kind) {
    return recognised ? kind : StatementKind.OTHER;
  }

  private static StatementKind unbindableIf(boolean recognised) {
    return only(recognised, StatementKind.UNBINDABLE);
  }

  private StatementKind transactionEnd(Keyword first) {
    boolean twoPhase = first == Keyword.COMMIT || first == Keyword.ROLLBACK;
    Keyword word = lexer.next();
    if (twoPhase && word == Keyword.PREPARED) {
      return StatementKind.TWO_PHASE_END;
    }
    if (word == Keyword.WORK || word == Keyword.TRANSACTION) {
      word = lexer.next();
    }
    if (first == Keyword.ROLLBACK && word == Keyword.TO) {
      return ofSavepoint(StatementKind.ROLLBACK_TO, Verb.ROLLBACK_TO);
    }
    change =
        first == Keyword.COMMIT || first == Keyword.END
            ? SessionChange.COMMIT
            : SessionChange.ROLLBACK;
    if (word != Keyword.AND) {
      return only(lexer.atEnd(), StatementKind.TRANSACTION_END);
    }
    word = lexer.next();
    boolean chain = word != Keyword.NO;
    if (!chain) {
      word = lexer.next();
    }
    return only(
        word == Keyword.CHAIN,
        chain ? StatementKind.TRANSACTION_CHAIN : StatementKind.TRANSACTION_END);
  }

  /** PREPARE TRANSACTION takes a string; a prepared statement may be called {@code transaction}. */
  private StatementKind prepare() {
    boolean transaction = lexer.next() == Keyword.TRANSACTION;
    lexer.advance();
    boolean ends = transaction && lexer.token() == SqlLexer.Token.STRING;
    change = ends ? SessionChange.COMMIT : null;
    return only(ends, StatementKind.TRANSACTION_END);
  }

  private StatementKind ping() {
    Keyword word = lexer.next();
    boolean function = word == Keyword.CURRENT_DATABASE || word == Keyword.CURRENT_SCHEMA;
    boolean value =
        lexer.isInteger() || word == Keyword.CURRENT_CATALOG || word == Keyword.CURRENT_SCHEMA;
    lexer.advance();
    if (function && lexer.at('(')) {
      lexer.advance();
      value = lexer.at(')');
      lexer.advance();
    }
    if (!value || !lexer.atEnd()) {
      return StatementKind.FAST;
    }
    return word == Keyword.NONE ? StatementKind.PING : StatementKind.SESSION_QUERY;
  }

  private boolean isQueryInParentheses() {
    while (lexer.at('(')) {
      lexer.advance();
    }
    return switch (lexer.keyword()) {
      case SELECT, VALUES, TABLE, WITH -> true;
      default -> false;
    };
  }

  /** FROM STDOUT reads from the client just as FROM STDIN does. */
  private StatementKind copy() {
    while (!lexer.atEnd()) {
      if (lexer.keyword() == Keyword.FROM && lexer.depth() == 0) {
        Keyword source = lexer.next();
        if (source == Keyword.STDIN || source == Keyword.STDOUT) {
          return StatementKind.COPY_IN;
        }
      } else {
        lexer.advance();
      }
    }
    return StatementKind.COPY_OUT;
  }

  private StatementKind create() {
    Keyword object = lexer.next();
    if (object == Keyword.OR && lexer.next() == Keyword.REPLACE) {
      object = lexer.next();
    }
    if (object == Keyword.UNIQUE) {
      object = lexer.next();
    }
    return switch (object) {
      case INDEX -> unbindableIf(lexer.next() == Keyword.CONCURRENTLY);
      case DATABASE, TABLESPACE, SUBSCRIPTION -> StatementKind.UNBINDABLE;
      case FUNCTION, PROCEDURE -> routine();
      default -> StatementKind.OTHER;
    };
  }

  private StatementKind drop() {
    return switch (lexer.next()) {
      case INDEX -> unbindableIf(lexer.next() == Keyword.CONCURRENTLY);
      case DATABASE, TABLESPACE, SUBSCRIPTION -> StatementKind.UNBINDABLE;
      default -> StatementKind.OTHER;
    };
  }

  private StatementKind alter() {
    return switch (lexer.next()) {
      case SYSTEM, SUBSCRIPTION -> StatementKind.UNBINDABLE;
      case DATABASE -> {
        lexer.advance();
        yield unbindableIf(lexer.next() == Keyword.SET && lexer.next() == Keyword.TABLESPACE);
      }
      // Only DETACH PARTITION takes this word, which cannot be a name without quotes.
      case TABLE -> unbindableIf(hasConcurrently());
      default -> StatementKind.OTHER;
    };
  }

  private StatementKind reindex() {
    lexer.advance();
    boolean concurrently = false;
    if (lexer.at('(')) {
      while (!lexer.atEnd() && lexer.depth() > 0) {
        concurrently |= lexer.next() == Keyword.CONCURRENTLY;
      }
      lexer.advance();
    }
    return switch (lexer.keyword()) {
      case SCHEMA, DATABASE, SYSTEM -> StatementKind.UNBINDABLE;
      default -> unbindableIf(concurrently || lexer.next() == Keyword.CONCURRENTLY);
    };
  }

  /** Without a table CLUSTER goes through all of them, each in its own transaction. */
  private StatementKind cluster() {
    if (lexer.next() == Keyword.VERBOSE) {
      lexer.advance();
    } else if (lexer.at('(')) {
      while (!lexer.atEnd() && lexer.depth() > 0) {
        lexer.advance();
      }
      lexer.advance();
    }
    return unbindableIf(lexer.atEnd());
  }

  private boolean hasConcurrently() {
    while (!lexer.atEnd()) {
      if (lexer.keyword() == Keyword.CONCURRENTLY) {
        return true;
      }
      lexer.advance();
    }
    return false;
  }

  /** Goes past a BEGIN ATOMIC body; the words count only outside the parameters' parentheses. */
  private StatementKind routine() {
    while (!lexer.atEnd()) {
      if (lexer.keyword() != Keyword.BEGIN || lexer.depth() > 0) {
        lexer.advance();
      } else if (lexer.next() == Keyword.ATOMIC) {
        atomicBody();
      }
    }
    return StatementKind.OTHER;
  }

  /**
   * The body ends with the END that stands where a statement would begin. That of a CASE never
   * does, nor a column called so, and PostgreSQL takes no body within a body.
   */
  private void atomicBody() {
    lexer.semicolonsWithin(true);
    boolean statementBegins = true;
    lexer.advance();
    while (!lexer.atEnd()) {
      if (statementBegins && lexer.keyword() == Keyword.END) {
        lexer.semicolonsWithin(false);
        lexer.advance();
        return;
      }
      statementBegins = lexer.at(';');
      lexer.advance();
    }
  }
}
