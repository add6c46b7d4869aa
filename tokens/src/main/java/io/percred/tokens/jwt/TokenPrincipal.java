package io.percred.tokens.jwt;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom a verified token stands for, in one string that no other token's owner has: the subject, the
 * client that acts for it and the issuer that knows it, separated by blanks. A hyphen stands for
 * what is missing; blanks, percent signs and a lone hyphen inside the parts are percent-encoded.
 * The same subject at another issuer, or through another client, is another principal.
 */
public final class TokenPrincipal {
  private static final String MISSING = "-";

  private TokenPrincipal() {}

  /** The principal of a subject as an issuer knows it. */
  public static String of(@Nullable String issuer, String subject, @Nullable String client) {
    return part(subject) + " " + part(client) + " " + part(issuer);
  }

  /**
   * The principal that verified claims name ({@code sub}, {@code client_id} or else {@code azp},
   * {@code iss}), or null if they name no subject.
   *
   * @param issuer who vouches for the claims if they name no issuer, or null
   */
  public static @Nullable String of(Map<String, Object> claims, @Nullable String issuer) {
    String subject = text(claims, "sub");
    if (subject == null) {
      return null;
    }
    String client = text(claims, "client_id");
    String named = text(claims, "iss");
    return of(
        named == null ? issuer : named, subject, client == null ? text(claims, "azp") : client);
  }

  private static @Nullable String text(Map<String, Object> claims, String name) {
    return claims.get(name) instanceof String text && !text.isBlank() ? text : null;
  }

  private static String part(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return MISSING;
    }
    if (text.equals(MISSING)) {
      return "%2D";
    }
    StringBuilder encoded = new StringBuilder(text.length());
    text.codePoints().forEach(point -> append(encoded, point));
    return encoded.toString();
  }

  private static void append(StringBuilder encoded, int point) {
    boolean plain =
        point != '%'
            && point != '"'
            && !Character.isWhitespace(point)
            && !Character.isSpaceChar(point)
            && !Character.isISOControl(point)
            && Character.getType(point) != Character.FORMAT
            && Character.getType(point) != Character.SURROGATE;
    if (plain) {
      encoded.appendCodePoint(point);
      return;
    }
    for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
      encoded.append(String.format("%%%02X", octet));
    }
  }
}
