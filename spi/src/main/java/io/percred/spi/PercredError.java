package io.percred.spi;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One occurrence of an {@link ErrorCode}, its placeholders filled in. Holds no secret; immutable.
 *
 * @param code which error
 * @param message what failed, which value, what percred did
 * @param remedy what to do
 * @param cause what led to it, or null
 */
public record PercredError(
    ErrorCode code, String message, String remedy, @Nullable Throwable cause) {
  private static final String PREFIX = "[percred] ";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{[a-zA-Z-]+\\}");

  /**
   * Fills the placeholders of message and remedy with {@code arguments}, in order.
   *
   * @throws IllegalArgumentException if there are more or fewer arguments than placeholders
   */
  public static PercredError of(ErrorCode code, Object... arguments) {
    int[] used = {0};
    String message = fill(code.message(), arguments, used);
    String remedy = fill(code.remedy(), arguments, used);
    if (used[0] != arguments.length) {
      throw new IllegalArgumentException(
          code.stableCode() + " has " + used[0] + " placeholders, not " + arguments.length);
    }
    return new PercredError(code, message, remedy, null);
  }

  /** The same error with what led to it. */
  public PercredError causedBy(Throwable cause) {
    return new PercredError(code, message, remedy, cause);
  }

  /** The message as percred's exceptions and its answers on the wire begin: {@code [percred] …}. */
  public String headline() {
    return PREFIX + message;
  }

  /** The remedy with the stable code and the SQLSTATE behind it. */
  public String advice() {
    return remedy + " (" + code.stableCode() + ", SQLSTATE " + code.sqlState() + ")";
  }

  /**
   * The exception to throw: of the subclass that its SQLSTATE calls for, with {@link
   * ErrorCode#number()} as vendor code.
   */
  public SQLException toSqlException() {
    String text = headline() + "\n" + advice();
    String state = code.sqlState();
    int number = code.number();
    return switch (state.substring(0, 2)) {
      case "28" -> new SQLInvalidAuthorizationSpecException(text, state, number, cause);
      case "08" -> new SQLNonTransientConnectionException(text, state, number, cause);
      case "0A" -> new SQLFeatureNotSupportedException(text, state, number, cause);
      case "53", "58" -> new SQLTransientException(text, state, number, cause);
      default -> new SQLNonTransientException(text, state, number, cause);
    };
  }

  /**
   * The stable code of an exception that {@link #toSqlException()} made, or null for any other
   * exception.
   */
  public static @Nullable String stableCodeOf(SQLException exception) {
    String text = exception.getMessage();
    return text != null && text.startsWith(PREFIX)
        ? String.format("PERCRED-%03d", exception.getErrorCode())
        : null;
  }

  private static String fill(String pattern, Object[] arguments, int[] used) {
    Matcher matcher = PLACEHOLDER.matcher(pattern);
    return matcher.replaceAll(
        found -> {
          if (used[0] >= arguments.length) {
            throw new IllegalArgumentException("No argument for " + found.group());
          }
          return Matcher.quoteReplacement(String.valueOf(arguments[used[0]++]));
        });
  }
}
