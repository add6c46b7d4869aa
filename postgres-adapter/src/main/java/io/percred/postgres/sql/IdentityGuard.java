package io.percred.postgres.sql;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds statements that change whom the database takes the caller for: SET and RESET of guarded
 * settings, RESET ALL, DISCARD ALL, SESSION AUTHORIZATION, {@code set_config} wherever it is
 * called, and what changes the settings that roles and databases bring with them for others. Where
 * a name cannot be read for certain (Unicode escapes, a computed argument) it counts as guarded.
 * What code within strings does, DO blocks and function bodies, is not seen. Confined to one {@link
 * SqlScanner}, whose lexer it uses.
 */
final class IdentityGuard {
  private static final byte[] SET_CONFIG = "set_config".getBytes(StandardCharsets.US_ASCII);
  private static final String CALL = "set_config";

  private final SqlLexer lexer;
  private final Set<String> guarded;

  /**
   * @param guarded names in lower case; one that ends with a dot stands for all that begin so
   */
  IdentityGuard(SqlLexer lexer, Set<String> guarded) {
    this.lexer = lexer;
    this.guarded = Set.copyOf(guarded);
  }

  /** The first guarded statement of the lexer's text, in words, or null if there is none. */
  @Nullable String find() {
    String found = null;
    while (found == null && lexer.nextStatement()) {
      found =
          switch (lexer.keyword()) {
            case SET -> set();
            case RESET -> reset();
            case ALTER -> alter();
            case DISCARD -> lexer.next() == Keyword.ALL ? "DISCARD ALL" : null;
            default -> null;
          };
      while (found == null && !lexer.atEnd()) {
        found = call();
      }
    }
    return found == null && lexer.ambiguous() ? "A text that versions read differently" : found;
  }

  private @Nullable String set() {
    Keyword word = lexer.next();
    boolean scoped = word == Keyword.SESSION || word == Keyword.LOCAL;
    String first = scoped ? part() : null;
    if (scoped) {
      if (lexer.at('.')) {
        // A setting of the family "session" or "local".
        return ifGuarded("SET", first + rest());
      }
      word = lexer.keyword();
      if (word == Keyword.AUTHORIZATION) {
        return "SET SESSION AUTHORIZATION";
      }
      if (word == Keyword.SESSION) {
        String second = part();
        if (lexer.keyword() == Keyword.AUTHORIZATION) {
          return "SET SESSION AUTHORIZATION";
        }
        return ifGuarded("SET", second + rest());
      }
    }
    return switch (word) {
      case CHARACTERISTICS, TRANSACTION -> null;
      case TIME -> ifGuarded("SET", "timezone");
      case SCHEMA -> ifGuarded("SET", "search_path");
      case NAMES -> ifGuarded("SET", "client_encoding");
      default -> ifGuarded("SET", name());
    };
  }

  /** ALTER ROLE, USER, DATABASE or SYSTEM with SET or RESET; a quoted name is no such word. */
  private @Nullable String alter() {
    Keyword what = lexer.next();
    boolean bringsSettings =
        switch (what) {
          case ROLE, USER, DATABASE, SYSTEM -> true;
          default -> false;
        };
    while (bringsSettings && !lexer.atEnd()) {
      Keyword word = lexer.next();
      if (word == Keyword.RESET || (word == Keyword.SET && !movesDatabase())) {
        return "ALTER " + what + " ... " + word;
      }
    }
    return null;
  }

  /** Whether behind SET stands TABLESPACE and its name, and no setting that is called so. */
  private boolean movesDatabase() {
    if (lexer.next() != Keyword.TABLESPACE) {
      return false;
    }
    Keyword behind = lexer.next();
    return behind != Keyword.TO && !lexer.at('=') && !lexer.at('.');
  }

  private @Nullable String reset() {
    return switch (lexer.next()) {
      case ALL -> "RESET ALL";
      case TIME -> ifGuarded("RESET", "timezone");
      case SESSION -> {
        String first = part();
        yield lexer.keyword() == Keyword.AUTHORIZATION
            ? "RESET SESSION AUTHORIZATION"
            : ifGuarded("RESET", first + rest());
      }
      default -> ifGuarded("RESET", name());
    };
  }

  /** Goes on to the next token; whatever stands here, if it calls set_config for a guarded name. */
  private @Nullable String call() {
    boolean unicode = lexer.token() == SqlLexer.Token.UNICODE_NAME;
    boolean setConfig = lexer.isName(SET_CONFIG);
    lexer.advance();
    if (unicode && (lexer.at('(') || lexer.keyword() == Keyword.UESCAPE)) {
      return "A call by a Unicode name";
    }
    if (!setConfig || !lexer.at('(')) {
      return null;
    }
    lexer.advance();
    String literal = lexer.plainString();
    lexer.advance();
    if (literal == null || !lexer.at(',')) {
      return CALL + " of a computed name";
    }
    return ifGuarded(CALL + " of", folded(literal));
  }

  /**
   * The name of a setting, whose parts may be quoted one by one or together; null if unreadable.
   */
  private @Nullable String name() {
    String first = part();
    return first == null ? null : first + rest();
  }

  private String rest() {
    StringBuilder rest = new StringBuilder();
    while (lexer.at('.')) {
      lexer.advance();
      String part = part();
      if (part == null) {
        // No setting can be called so; the beginning decides.
        break;
      }
      rest.append('.').append(part);
    }
    return rest.toString();
  }

  /** One part of a name, behind which the lexer stands then; null if it is not one, or escaped. */
  private @Nullable String part() {
    String part = lexer.plainName();
    lexer.advance();
    return part == null ? null : folded(part);
  }

  private @Nullable String ifGuarded(String verb, @Nullable String name) {
    if (name == null) {
      return verb + " of a name that cannot be read";
    }
    int dot = name.indexOf('.');
    boolean family = false;
    for (int at = dot; at >= 0 && !family; at = name.indexOf('.', at + 1)) {
      family = guarded.contains(name.substring(0, at + 1));
    }
    return family || guarded.contains(name) ? verb + ' ' + name : null;
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
