package io.percred.postgres.wire;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The session settings that nobody in particular asked for: what drivers and pools set on a
 * connection of theirs. Clearing a session brings it back to them. Confined to one connection.
 *
 * <p>A SET that fails takes the unanswered ones with it, as its transaction does. Whether one is
 * rolled back later is not known here: what pools send on their own stands alone.
 */
final class SessionBaseline {
  /** There are fewer settings that pools may set; more are spellings of the same. */
  private static final int MOST = 64;

  private static final Pattern STATEMENT =
      Pattern.compile(
          "\\s*(set|reset|discard)\\s+(?:session\\s+)?"
              + "(characteristics\\s+as\\s+transaction\\s+(?:not\\s+)?\\w+|\\w+|\"[^\"]+\").*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** What stands behind SET where no setting of the session is meant. */
  private static final Set<String> OF_TRANSACTION =
      Set.of(
          "local",
          "transaction",
          "transaction_isolation",
          "transaction_read_only",
          "transaction_deferrable");

  private Map<String, String> statements = new LinkedHashMap<>();

  /** What held before the statements whose transaction has not ended; null if there are none. */
  private @Nullable Map<String, String> answered;

  /** One statement of session control that nobody in particular sent. */
  void sent(String statement) {
    Matcher matcher = STATEMENT.matcher(statement);
    if (!matcher.matches()) {
      return;
    }
    if (answered == null) {
      answered = new LinkedHashMap<>(statements);
    }
    String verb = matcher.group(1).toLowerCase(Locale.ROOT);
    String name = matcher.group(2).replace("\"", "").toLowerCase(Locale.ROOT);
    if (verb.equals("set")) {
      if (!OF_TRANSACTION.contains(name)) {
        put(nameOf(name), statement);
      }
    } else if (name.equals("all")) {
      statements.clear();
    } else if (verb.equals("reset")) {
      statements.remove(nameOf(name));
    }
  }

  /** Every statement was answered, and no transaction is open. */
  void settled() {
    answered = null;
  }

  /** A statement failed, and what was sent with it did not happen. */
  void failed() {
    if (answered != null) {
      statements = new LinkedHashMap<>(answered);
    }
  }

  /**
   * Appends the statements that bring a session back, each behind a semicolon and with a line end,
   * because one may end with a comment.
   */
  void appendTo(StringBuilder text) {
    statements.values().forEach(statement -> text.append(';').append(statement).append('\n'));
  }

  private void put(String name, String statement) {
    // Behind the others, so that what was set last is set last again.
    statements.remove(name);
    statements.put(name, statement);
    if (statements.size() > MOST) {
      Iterator<String> eldest = statements.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  /** The setting behind the words that have a syntax of their own. */
  private static String nameOf(String name) {
    return switch (name) {
      case "time" -> "timezone";
      case "schema" -> "search_path";
      case "names" -> "client_encoding";
      default -> name.replaceAll("\\s+", " ");
    };
  }
}
