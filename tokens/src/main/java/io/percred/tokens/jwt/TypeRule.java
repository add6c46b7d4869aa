package io.percred.tokens.jwt;

import io.percred.spi.Settings;
import io.percred.tokens.TokensProperty;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What kinds of JSON Web Token are accepted, so that one that was issued for something else, such
 * as an ID token or a logout token, is not taken for an access token (RFC 8725, section 3.11).
 *
 * @param allowed the media types, in lower case and without {@code application/}; empty: any
 */
record TypeRule(List<String> allowed) {
  private static final String OMITTED = "application/";

  TypeRule {
    allowed = allowed.stream().map(TypeRule::plain).toList();
  }

  static TypeRule of(Settings settings) {
    return new TypeRule(settings.words(TokensProperty.JWT_TYP));
  }

  /** Why a token of this type is not accepted, or null if it is. */
  @Nullable String problemWith(@Nullable String type) {
    if (allowed.isEmpty() || (type != null && allowed.contains(plain(type)))) {
      return null;
    }
    return "its header does not say that it is of the typ " + String.join(" or ", allowed);
  }

  /** Media types are not case-sensitive, and the prefix may be left out (RFC 7515, 4.1.9). */
  private static String plain(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    boolean omissible = lower.startsWith(OMITTED) && lower.indexOf('/', OMITTED.length()) < 0;
    return omissible ? lower.substring(OMITTED.length()) : lower;
  }
}
