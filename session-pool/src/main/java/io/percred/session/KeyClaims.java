package io.percred.session;

import io.percred.spi.Settings;
import io.percred.spi.Strictness;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which claims tell the sessions of one principal apart. What a database grants may hang on any of
 * them, so each counts whose name does not say that it is another in every token.
 *
 * @param names those that count; null for all but the ones of a single token
 */
record KeyClaims(@Nullable Set<String> names) {
  /** Every claim that is not of a single token. */
  static final KeyClaims ALL = new KeyClaims(null);

  /**
   * Times and numbers of one token (RFC 7519; OpenID Connect Core, sections 2 and 3.3.2.11), and
   * what Microsoft Entra calls them.
   */
  private static final Set<String> OF_ONE_TOKEN =
      Set.of(
          "exp",
          "iat",
          "nbf",
          "jti",
          "auth_time",
          "nonce",
          "at_hash",
          "c_hash",
          "s_hash",
          "uti",
          "aio",
          "rh");

  private static final String WHOLE = "*";

  /** What {@code percred.sessions.key-claims} says. */
  static KeyClaims of(Settings settings) {
    String names = settings.text(SessionProperty.KEY_CLAIMS);
    return names == null || names.isBlank() || names.strip().equals(WHOLE)
        ? ALL
        : new KeyClaims(
            Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toUnmodifiableSet()));
  }

  /** All claims are stricter than some, and more of them than fewer. */
  static boolean isAsStrict(String value, @Nullable String fixed) {
    return value.equals(WHOLE)
        || (!WHOLE.equals(fixed) && Strictness.superset().isAsStrict(value, fixed));
  }

  /** The claims that count, by name. */
  SortedMap<String, Object> of(Map<String, Object> claims) {
    SortedMap<String, Object> counting = new TreeMap<>(claims);
    counting.keySet().removeIf(name -> !counts(name));
    return counting;
  }

  private boolean counts(String name) {
    return names == null ? !OF_ONE_TOKEN.contains(name) : names.contains(name);
  }
}
