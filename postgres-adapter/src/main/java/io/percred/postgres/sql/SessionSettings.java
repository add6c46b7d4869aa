package io.percred.postgres.sql;

import io.percred.postgres.sql.SessionChange.Verb;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which SET, SHOW and RESET pools and drivers may send without a caller. Everything rests on names
 * that are allowed one by one, so ROLE and SESSION AUTHORIZATION are out in every spelling, and so
 * is {@code standard_conforming_strings}, on which the reading of SQL itself depends.
 */
final class SessionSettings {
  private static final int MAX_NAME = 63;
  private static final String CLIENT_ENCODING = "client_encoding";
  private static final String SEARCH_PATH = "search_path";
  private static final String TIME_ZONE = "timezone";

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

  private final SettingNames others;
  private final byte[][] allowed;
  private final byte[][] transaction;
  private final byte[][] managed;
  private final boolean searchPath;
  private final boolean timeZone;
  private final boolean clientEncoding;

  private @Nullable SessionChange change;

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
    others = new SettingNames(folded);
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

  /** What the statement that was classified last does to the session's settings, or null. */
  @Nullable SessionChange change() {
    return change;
  }

  /** Classifies a statement whose first word is SET; the lexer stands on that word. */
  StatementKind set(SqlLexer lexer) {
    change = null;
    Keyword word = lexer.next();
    boolean local = word == Keyword.LOCAL;
    if (local || word == Keyword.SESSION) {
      word = lexer.next();
      if (!local && word == Keyword.CHARACTERISTICS) {
        return characteristics(lexer);
      }
    }
    StatementKind kind =
        switch (word) {
          case TRANSACTION -> transactionModes(lexer);
          case SESSION ->
              lexer.next() == Keyword.CHARACTERISTICS
                  ? characteristics(lexer)
                  : StatementKind.OTHER;
          case TIME -> changesIf(timeZone && lexer.next() == Keyword.ZONE, Verb.SET, TIME_ZONE);
          case SCHEMA -> changesIf(searchPath && atString(lexer), Verb.SET, SEARCH_PATH);
          case NAMES ->
              changesIf(
                  clientEncoding
                      && (atString(lexer) || lexer.atEnd() || lexer.keyword() == Keyword.DEFAULT),
                  Verb.SET,
                  CLIENT_ENCODING);
          default -> setByName(lexer);
        };
    if (local) {
      change = null;
    }
    return kind;
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
    change = null;
    return switch (lexer.next()) {
      case ALL -> {
        boolean all = endsBehind(lexer);
        change = all ? SessionChange.RESET_ALL : null;
        yield controlIf(all);
      }
      case TIME ->
          changesIf(
              timeZone && lexer.next() == Keyword.ZONE && endsBehind(lexer), Verb.RESET, TIME_ZONE);
      default -> {
        boolean always = isNamed(lexer, allowed);
        String name = name(lexer);
        boolean known =
            name != null
                && lexer.atEnd()
                && (always ? name.indexOf('.') < 0 : others.isForSetUp(name));
        StatementKind kind = changesIf(known, Verb.RESET, String.valueOf(name));
        yield known && !always ? StatementKind.SET_UP : kind;
      }
    };
  }

  private StatementKind setByName(SqlLexer lexer) {
    boolean always = isNamed(lexer, allowed);
    boolean ofTransaction = isNamed(lexer, transaction);
    String name = name(lexer);
    boolean assigned = lexer.keyword() == Keyword.TO || lexer.at('=');
    if (name == null || !assigned || (name.indexOf('.') >= 0 && (always || ofTransaction))) {
      return StatementKind.OTHER;
    }
    if (ofTransaction) {
      return StatementKind.SET_TRANSACTION;
    }
    if (!always && !others.isForSetUp(name)) {
      return StatementKind.OTHER;
    }
    change = SessionChange.of(Verb.SET, name);
    return always ? StatementKind.SESSION_CONTROL : StatementKind.SET_UP;
  }

  /** SET SESSION CHARACTERISTICS sets what transactions begin with. */
  private StatementKind characteristics(SqlLexer lexer) {
    if (lexer.next() != Keyword.AS || lexer.next() != Keyword.TRANSACTION) {
      return StatementKind.OTHER;
    }
    List<String> names = new ArrayList<>();
    while (!lexer.atEnd()) {
      switch (lexer.next()) {
        case ISOLATION -> {
          names.add("default_transaction_isolation");
          // LEVEL and the first word of the level, which may be READ.
          lexer.advance();
          lexer.advance();
        }
        case READ -> names.add("default_transaction_read_only");
        case DEFERRABLE -> names.add("default_transaction_deferrable");
        default -> {}
      }
    }
    change = new SessionChange(Verb.SET, List.copyOf(names));
    return StatementKind.SET_TRANSACTION;
  }

  /**
   * The name of a setting, whose parts may be quoted one by one or together, in lower case; null if
   * it cannot be read for certain. The lexer stands behind it then.
   */
  private static @Nullable String name(SqlLexer lexer) {
    String name = lexer.plainName();
    lexer.advance();
    while (name != null && lexer.at('.')) {
      lexer.advance();
      String part = lexer.plainName();
      name = part == null ? null : name + '.' + part;
      lexer.advance();
    }
    return name == null ? null : name.toLowerCase(Locale.ROOT);
  }

  /** Tells SET TRANSACTION from the SET of a setting {@code transaction.x}. */
  private static StatementKind transactionModes(SqlLexer lexer) {
    return switch (lexer.next()) {
      case ISOLATION, READ, NOT, DEFERRABLE -> StatementKind.SET_TRANSACTION;
      case SNAPSHOT -> StatementKind.SET_SNAPSHOT;
      default -> StatementKind.OTHER;
    };
  }

  private StatementKind changesIf(boolean recognised, Verb verb, String name) {
    change = recognised ? SessionChange.of(verb, name) : null;
    return controlIf(recognised);
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
