package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A supplier as a property names it: {@code context}, {@code env:TOKEN}. In a chain commas separate
 * suppliers, but not within double quotes. The quotes go on to the supplier as part of its
 * argument: to {@code command:} they mean more than to a path.
 *
 * @param name the name of a provider
 * @param argument what follows the colon, or null if there is none
 */
public record SupplierSpecification(String name, @Nullable String argument) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

  /** Whether a property names suppliers: those whose keys end in {@code supplier} do. */
  static boolean isNamedBy(String key) {
    return key.endsWith("supplier");
  }

  /**
   * Reads a chain.
   *
   * @param key the property it is the value of, for the error
   * @throws SQLException with PERCRED-002 if it is not a chain
   */
  public static List<SupplierSpecification> parseChain(String key, String chain)
      throws SQLException {
    List<SupplierSpecification> specifications = new ArrayList<>();
    for (String piece : split(key, chain)) {
      String trimmed = piece.strip();
      int colon = trimmed.indexOf(':');
      String name = colon < 0 ? trimmed : trimmed.substring(0, colon);
      if (!NAME.matcher(name).matches()) {
        throw bad(key, "it names a supplier \"" + Shown.shortened(name) + "\"");
      }
      specifications.add(
          new SupplierSpecification(name, colon < 0 ? null : trimmed.substring(colon + 1)));
    }
    return List.copyOf(specifications);
  }

  /** The argument without double quotes around the whole of it; null if there is none. */
  public @Nullable String unquotedArgument() {
    return argument == null ? null : unquoted(argument.strip());
  }

  /** A text without double quotes around the whole of it. */
  public static String unquoted(String text) {
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted && text.indexOf('"', 1) == text.length() - 1
        ? text.substring(1, text.length() - 1)
        : text;
  }

  /** Shows the name only: arguments of commands may hold anything. */
  @Override
  public String toString() {
    return argument == null ? name : name + ":…";
  }

  private static List<String> split(String key, String chain) throws SQLException {
    List<String> pieces = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int at = 0; at < chain.length(); at++) {
      char c = chain.charAt(at);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        pieces.add(chain.substring(start, at));
        start = at + 1;
      }
    }
    if (quoted) {
      throw bad(key, "a double quote is not closed");
    }
    pieces.add(chain.substring(start));
    return pieces;
  }

  private static SQLException bad(String key, String what) {
    return PercredError.of(
            DriverError.BAD_VALUE,
            key,
            what,
            "a supplier such as context, password or env:NAME, or several separated by commas")
        .toSqlException();
  }
}
