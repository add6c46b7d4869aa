package io.percred.postgres.login;

import io.percred.postgres.sql.SqlScanner;
import io.percred.postgres.sql.SqlText;
import io.percred.postgres.sql.StatementKind;
import io.percred.session.SqlEffect;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells what PostgreSQL's SQL does to its session. What is not known to leave nothing behind counts
 * as leaving something: SET, LISTEN, PREPARE, temporary tables, cursors WITH HOLD, and CALL and DO,
 * which can do anything. So can any function that a query calls; of those only the ones that exist
 * to change a session are looked for, by name.
 */
final class SqlEffects {
  /** Statements that leave nothing of their own in the session, by their first word. */
  private static final Set<String> HARMLESS =
      Set.of(
          "ALTER",
          "ANALYZE",
          "CHECKPOINT",
          "CLOSE",
          "COMMENT",
          "DROP",
          "EXPLAIN",
          "FETCH",
          "GRANT",
          "IMPORT",
          "MOVE",
          "NOTIFY",
          "REASSIGN",
          "REFRESH",
          "REINDEX",
          "REVOKE",
          "SECURITY",
          "TRUNCATE",
          "VACUUM");

  private static final Pattern FIRST_WORD = Pattern.compile("[A-Za-z]+");
  private static final int INSENSITIVE = Pattern.CASE_INSENSITIVE;

  /** SET that ends with its transaction: another name than LOCAL or TRANSACTION follows. */
  private static final Pattern UNTIL_COMMIT =
      Pattern.compile("set\\s+(local|transaction)\\s+[a-z\"].*", INSENSITIVE | Pattern.DOTALL);

  /** A setting that ends with its transaction, as everybody writes it. */
  private static final Pattern SET_CONFIG_LOCALLY =
      Pattern.compile(
          "set_config\\s*\\(\\s*('[^']*'|\\$\\d+|\\?)\\s*,\\s*('[^']*'|\\$\\d+|\\?)\\s*,\\s*true\\s*\\)",
          INSENSITIVE);

  private static final Pattern SESSION_FUNCTION =
      Pattern.compile(
          "set_config|pg_(try_)?advisory_lock|setseed|dblink_connect|pg_temp"
              + "|\\binto\\s+(local\\s+|global\\s+)?temp",
          INSENSITIVE);

  private static final Pattern TEMPORARY =
      Pattern.compile("\\btemp(orary)?\\b|pg_temp", INSENSITIVE);
  private static final Pattern HOLD = Pattern.compile("\\bhold\\b", INSENSITIVE);

  private static final ThreadLocal<SqlScanner> SCANNER =
      ThreadLocal.withInitial(() -> new SqlScanner(Set.of()));

  private SqlEffects() {}

  /** The effect of all statements in {@code sql} together. */
  static SqlEffect of(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    SqlText text = SCANNER.get().scan(bytes, 0, bytes.length, true);
    if (text.ambiguous()) {
      return SqlEffect.CHANGES_SESSION;
    }
    SqlEffect whole = of(text, bytes);
    if (text.holdsBackslash() && whole != SqlEffect.CHANGES_SESSION) {
      // With standard_conforming_strings off the statements may be others.
      SqlEffect otherwise = of(SCANNER.get().scan(bytes, 0, bytes.length, false), bytes);
      return whole == otherwise ? whole : SqlEffect.CHANGES_SESSION;
    }
    return whole;
  }

  private static SqlEffect of(SqlText text, byte[] bytes) {
    SqlEffect whole = null;
    for (int i = 0; i < text.count(); i++) {
      String statement =
          new String(bytes, text.start(i), text.end(i) - text.start(i), StandardCharsets.UTF_8);
      SqlEffect next = of(text.kind(i), statement);
      whole = whole == null || whole == next ? next : SqlEffect.CHANGES_SESSION;
    }
    return whole == null ? SqlEffect.CHANGES_SESSION : whole;
  }

  private static SqlEffect of(StatementKind kind, String statement) {
    return switch (kind) {
      // With AND CHAIN the next transaction is open at once.
      case BEGIN, TRANSACTION_CHAIN -> SqlEffect.BEGINS_TRANSACTION;
      case TRANSACTION_END -> SqlEffect.ENDS_TRANSACTION;
      case EMPTY,
          PING,
          SESSION_QUERY,
          SAVEPOINT,
          RELEASE,
          ROLLBACK_TO,
          LOCK,
          SET_SNAPSHOT,
          TWO_PHASE_END ->
          SqlEffect.NONE;
      case FAST, COPY_IN, COPY_OUT -> changesIf(mayCallSessionFunction(statement));
      case SET_TRANSACTION -> changesIf(!UNTIL_COMMIT.matcher(statement).matches());
      case SESSION_CONTROL, SET_UP ->
          changesIf(
              !firstWord(statement).equals("SHOW") && !UNTIL_COMMIT.matcher(statement).matches());
      case UNBINDABLE -> SqlEffect.NONE;
      case PROCEDURE -> SqlEffect.CHANGES_SESSION;
      case OTHER -> changesIf(!isHarmless(statement));
    };
  }

  private static boolean isHarmless(String statement) {
    String first = firstWord(statement);
    return switch (first) {
      case "CREATE" -> !TEMPORARY.matcher(statement).find() && !mayCallSessionFunction(statement);
      case "DECLARE" -> !HOLD.matcher(statement).find() && !mayCallSessionFunction(statement);
      case "SET" -> UNTIL_COMMIT.matcher(statement).matches();
      default -> HARMLESS.contains(first) && !mayCallSessionFunction(statement);
    };
  }

  private static boolean mayCallSessionFunction(String statement) {
    Matcher locally = SET_CONFIG_LOCALLY.matcher(statement);
    return SESSION_FUNCTION.matcher(locally.replaceAll("")).find();
  }

  private static String firstWord(String statement) {
    Matcher word = FIRST_WORD.matcher(statement);
    return word.lookingAt() ? word.group().toUpperCase(Locale.ROOT) : "";
  }

  private static SqlEffect changesIf(boolean changes) {
    return changes ? SqlEffect.CHANGES_SESSION : SqlEffect.NONE;
  }
}
