package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC URL taken apart at the first question mark and the ampersands behind it, every piece as it
 * was written. What percred does not read goes on to the vendor byte for byte. In percred's own
 * parameters {@code %XX} stands for a byte of UTF-8; a plus sign and a blank stand for themselves.
 *
 * @param subprotocol the target's subprotocol, such as {@code postgresql}
 * @param base the vendor's URL up to the question mark
 * @param parameters what stands behind the question mark; null if there is no question mark
 */
public record ConnectionUrl(String subprotocol, String base, @Nullable List<Parameter> parameters) {
  /** How percred's own URLs begin. */
  public static final String PREFIX = "jdbc:percred:";

  private static final String JDBC = "jdbc:";

  /** Parameters as the URLs of other databases have them. */
  private static final Pattern NUL = Pattern.compile("\0|%00");

  private static final Pattern SEMICOLON = Pattern.compile(";\\s*[A-Za-z][\\w.-]*=");

  private static final Pattern PERCREDS_ELSEWHERE = Pattern.compile("[;&]\\s*percred\\.[a-z]");

  /**
   * Takes a URL apart.
   *
   * @param url a vendor's URL, or one of percred's own
   * @throws SQLException with PERCRED-009 if there is no subprotocol
   */
  public static ConnectionUrl parse(String url) throws SQLException {
    String vendors = url.startsWith(PREFIX) ? JDBC + url.substring(PREFIX.length()) : url;
    int end = vendors.indexOf(':', JDBC.length());
    if (!vendors.startsWith(JDBC)
        || end <= JDBC.length()
        || vendors.substring(JDBC.length(), end).contains("/")) {
      throw malformed("no database is named behind jdbc:percred:");
    }
    String subprotocol = vendors.substring(JDBC.length(), end);
    // It ends texts in the protocols of databases, so that what follows would be read as more of
    // them.
    if (NUL.matcher(vendors).find()) {
      throw malformed("it holds a NUL character");
    }
    int question = vendors.indexOf('?');
    refuseOtherSeparators(question < 0 ? vendors : vendors.substring(0, question));
    if (question < 0) {
      return new ConnectionUrl(subprotocol, vendors, null);
    }
    if (question < end) {
      throw malformed("no database is named behind jdbc:percred:");
    }
    List<Parameter> parameters = new ArrayList<>();
    for (String raw : vendors.substring(question + 1).split("&", -1)) {
      if (PERCREDS_ELSEWHERE.matcher(raw).find()) {
        throw malformed("its parameters are separated by semicolons, not by ampersands");
      }
      parameters.add(Parameter.parse(raw));
    }
    return new ConnectionUrl(subprotocol, vendors.substring(0, question), List.copyOf(parameters));
  }

  /** Refuses parameters that do not stand behind a question mark, where nobody would read them. */
  private static void refuseOtherSeparators(String base) throws SQLException {
    if (SEMICOLON.matcher(base).find() || PERCREDS_ELSEWHERE.matcher(base).find()) {
      throw malformed(
          "its parameters do not stand behind a question mark, separated by ampersands");
    }
  }

  /**
   * Percred's parameters with their decoded values.
   *
   * @throws SQLException with PERCRED-007 if one is there twice, with PERCRED-009 if one cannot be
   *     decoded
   */
  Map<String, String> percreds() throws SQLException {
    Map<String, String> found = new LinkedHashMap<>();
    for (Parameter each : all()) {
      if (each.isPercreds() && found.put(each.name(), each.decodedValue()) != null) {
        throw PercredError.of(DriverError.GIVEN_TWICE, each.name(), "both times in the URL")
            .toSqlException();
      }
    }
    return found;
  }

  /**
   * The decoded value of a vendor's parameter, the last one if it is there twice, or null.
   *
   * @throws SQLException with PERCRED-009 if it cannot be decoded
   */
  public @Nullable String vendorParameter(String name) throws SQLException {
    String value = null;
    for (Parameter each : all()) {
      if (!each.isPercreds() && each.name().equals(name)) {
        value = each.decodedValue();
      }
    }
    return value;
  }

  /** The decoded value of one of percred's parameters, or null if it is not there or not right. */
  public @Nullable String percredParameter(String key) {
    return all().stream()
        .filter(each -> each.name().equals(key))
        .map(each -> Parameter.decode(each.value()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The name of the first parameter that is not percred's, fit to be shown, or null. */
  public @Nullable String firstOfVendor() {
    return all().stream()
        .filter(each -> !each.isPercreds())
        .map(each -> Shown.shortened(each.name()))
        .findFirst()
        .orElse(null);
  }

  /** The vendor's URL without percred's parameters and without those that are {@code taken} out. */
  public String vendorUrl(Set<String> taken) {
    if (parameters == null) {
      return base;
    }
    List<Parameter> left =
        parameters.stream()
            .filter(each -> !each.isPercreds() && !taken.contains(each.name()))
            .toList();
    if (left.size() == parameters.size()) {
      return base + parameters.stream().map(Parameter::raw).collect(joined());
    }
    return left.isEmpty() ? base : base + left.stream().map(Parameter::raw).collect(joined());
  }

  /** Shows no parameter: they may hold secrets. */
  @Override
  public String toString() {
    return "ConnectionUrl[" + subprotocol + "]";
  }

  private List<Parameter> all() {
    return parameters == null ? List.of() : parameters;
  }

  private static Collector<CharSequence, ?, String> joined() {
    return Collectors.joining("&", "?", "");
  }

  private static SQLException malformed(String reason) {
    return PercredError.of(DriverError.MALFORMED_URL, reason).toSqlException();
  }

  /**
   * One piece of a URL.
   *
   * @param raw as it was written
   * @param name decoded
   * @param value as it was written, empty if there is no equals sign
   */
  public record Parameter(String raw, String name, String value) {
    static Parameter parse(String raw) {
      int equals = raw.indexOf('=');
      String name = equals < 0 ? raw : raw.substring(0, equals);
      String decoded = decode(name);
      return new Parameter(
          raw, decoded == null ? name : decoded, equals < 0 ? "" : raw.substring(equals + 1));
    }

    boolean isPercreds() {
      return Keys.isPercreds(name);
    }

    String decodedValue() throws SQLException {
      String decoded = decode(value);
      if (decoded == null) {
        throw malformed(
            "the value of \"" + name + "\" holds a % that is not followed by a byte of UTF-8");
      }
      return decoded;
    }

    /** Shows no value. */
    @Override
    public String toString() {
      return name;
    }

    static @Nullable String decode(String text) {
      if (text.indexOf('%') < 0) {
        return text;
      }
      ByteBuffer bytes = ByteBuffer.allocate(text.length() * 4);
      for (int at = 0; at < text.length(); ) {
        if (text.charAt(at) == '%') {
          int octet = octetAt(text, at + 1);
          if (octet < 0) {
            return null;
          }
          bytes.put((byte) octet);
          at += 3;
        } else {
          int codePoint = text.codePointAt(at);
          bytes.put(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
          at += Character.charCount(codePoint);
        }
      }
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      } catch (CharacterCodingException e) {
        return null;
      }
    }

    private static int octetAt(String text, int at) {
      if (at + 2 > text.length()) {
        return -1;
      }
      int high = Character.digit(text.charAt(at), 16);
      int low = Character.digit(text.charAt(at + 1), 16);
      return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
  }
}
