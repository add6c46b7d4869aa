package io.percred.postgres.sql;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Which SET, SHOW and RESET pools and drivers may send without a caller. Everything rests on names
 * that are allowed one by one, so ROLE and SESSION AUTHORIZATION are out in every spelling, and so
 * is {@code standard_conforming_strings}, on which the reading of SQL itself depends.
 */
final class SessionSettings {
  private static final int MAX_NAME = 63;

  /** Names whose SET and RESET are session control, in lower case. */
  private static final Set<String> ALLOWED =
      Set.of(
          "application_name",
          "bytea_output",
          "client_encoding",
          "client_min_messages",
          "datestyle",
          "default_transaction_deferrable",
          "default_transaction_isolation",
          "default_transaction_read_only",
          "extra_float_digits",
          "idle_in_transaction_session_timeout",
          "idle_session_timeout",
          "intervalstyle",
          "jit",
          "lock_timeout",
          "maintenance_work_mem",
          "max_parallel_workers_per_gather",
          "plan_cache_mode",
          "search_path",
          "statement_timeout",
          "synchronous_commit",
          "temp_buffers",
          "timezone",
          "transaction_timeout",
          "work_mem");

  /** Names whose SET means SET TRANSACTION. */
  private static final Set<String> TRANSACTION =
      Set.of("transaction_deferrable", "transaction_isolation", "transaction_read_only");

  private final byte[][] allowed;
  private final byte[][] transaction;
  private final byte[][] managed;
  private final boolean searchPath;
  private final boolean timeZone;
  private final boolean clientEncoding;

  /**
   * Leaves the managed names out of all that is allowed.
   *
   * @param managedNames the settings that bindings set, in any case
   */
  SessionSettings(Set<String> managedNames) {
    Set<String> folded = new HashSet<>();
    for (String name : managedNames) {
      folded.add(name.toLowerCase(Locale.ROOT));
    }
    allowed = bytesOf(ALLOWED, folded);
    transaction = bytesOf(TRANSACTION, folded);
    managed = bytesOf(folded, Set.of());
    searchPath = !folded.contains("search_path");
    timeZone = !folded.contains("timezone");
    clientEncoding = !folded.contains("client_encoding");
  }

  private static byte[][] bytesOf(Set<String> names, Set<String> without) {
    return names.stream()
        .filter(name -> !without.contains(name))
        .map(name -> name.getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  /** Classifies a statement whose first word is SET; the lexer stands on that word. */
  StatementKind set(SqlLexer lexer) {
    Keyword word = lexer.next();
    if (word == Keyword.LOCAL) {
      word = lexer.next();
    } else if (word == Keyword.SESSION) {
      word = lexer.next();
      if (word == Keyword.CHARACTERISTICS) {
        return characteristics(lexer);
      }
    }
    return switch (word) {
      case TRANSACTION -> transactionModes(lexer);
      case SESSION ->
          lexer.next() == Keyword.CHARACTERISTICS ? characteristics(lexer) : StatementKind.OTHER;
      case TIME -> controlIf(timeZone && lexer.next() == Keyword.ZONE);
      case SCHEMA -> controlIf(searchPath && atString(lexer));
      case NAMES ->
          controlIf(
              clientEncoding
                  && (atString(lexer) || lexer.atEnd() || lexer.keyword() == Keyword.DEFAULT));
      default -> setByName(lexer);
    };
  }

  /** Classifies a statement whose first word is SHOW; the lexer stands on that word. */
  StatementKind show(SqlLexer lexer) {
    return switch (lexer.next()) {
      case ALL, SESSION -> StatementKind.OTHER;
      case TIME -> controlIf(timeZone && lexer.next() == Keyword.ZONE && endsBehind(lexer));
      case TRANSACTION ->
          controlIf(
              lexer.next() == Keyword.ISOLATION
                  && lexer.next() == Keyword.LEVEL
                  && endsBehind(lexer));
      default -> controlIf(isSimpleName(lexer) && !isNamed(lexer, managed) && endsBehind(lexer));
    };
  }

  /** Classifies a statement whose first word is RESET; the lexer stands on that word. */
  StatementKind reset(SqlLexer lexer) {
    return switch (lexer.next()) {
      case ALL -> controlIf(endsBehind(lexer));
      case TIME -> controlIf(timeZone && lexer.next() == Keyword.ZONE && endsBehind(lexer));
      default -> controlIf(isNamed(lexer, allowed) && endsBehind(lexer));
    };
  }

  private StatementKind setByName(SqlLexer lexer) {
    StatementKind kind = StatementKind.OTHER;
    if (isNamed(lexer, allowed)) {
      kind = StatementKind.SESSION_CONTROL;
    } else if (isNamed(lexer, transaction)) {
      kind = StatementKind.SET_TRANSACTION;
    }
    boolean assigned = lexer.next() == Keyword.TO || lexer.at('=');
    return assigned ? kind : StatementKind.OTHER;
  }

  private static StatementKind characteristics(SqlLexer lexer) {
    return lexer.next() == Keyword.AS && lexer.next() == Keyword.TRANSACTION
        ? StatementKind.SET_TRANSACTION
        : StatementKind.OTHER;
  }

  /** Tells SET TRANSACTION from the SET of a setting {@code transaction.x}. */
  private static StatementKind transactionModes(SqlLexer lexer) {
    return switch (lexer.next()) {
      case ISOLATION, READ, NOT, DEFERRABLE, SNAPSHOT -> StatementKind.SET_TRANSACTION;
      default -> StatementKind.OTHER;
    };
  }

  private static StatementKind controlIf(boolean recognised) {
    return recognised ? StatementKind.SESSION_CONTROL : StatementKind.OTHER;
  }

  private static boolean atString(SqlLexer lexer) {
    lexer.advance();
    return lexer.token() == SqlLexer.Token.STRING;
  }

  private static boolean endsBehind(SqlLexer lexer) {
    lexer.advance();
    return lexer.atEnd();
  }

  /** Whether the token is one of the names, which are never case sensitive, quoted or not. */
  private static boolean isNamed(SqlLexer lexer, byte[][] names) {
    for (byte[] name : names) {
      if (lexer.isName(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the token is a name without dots, also within its quotes, that is not cut short. */
  private static boolean isSimpleName(SqlLexer lexer) {
    return lexer.isSimpleName() && lexer.end() - lexer.start() <= MAX_NAME;
  }
}
