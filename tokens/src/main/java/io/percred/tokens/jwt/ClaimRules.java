package io.percred.tokens.jwt;

import io.percred.spi.Credential;
import io.percred.spi.Settings;
import io.percred.tokens.TokensProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of a good token say; the same for JSON Web Tokens and for what introspection
 * tells.
 *
 * @param audiences the token must be for one of them; empty: for anybody
 * @param issuer who must have issued the token, or null
 * @param required claims that must be there
 * @param leeway how far the clock may be off, in milliseconds
 */
public record ClaimRules(
    List<String> audiences, @Nullable String issuer, List<String> required, long leeway) {

  /** The properties that make the rules. */
  public static final List<TokensProperty> PROPERTIES =
      List.of(
          TokensProperty.JWT_AUDIENCE,
          TokensProperty.JWT_ISSUER,
          TokensProperty.JWT_REQUIRED_CLAIMS,
          TokensProperty.JWT_LEEWAY);

  public ClaimRules {
    audiences = List.copyOf(audiences);
    required = List.copyOf(required);
  }

  /** The configured rules. */
  public static ClaimRules of(Settings settings) {
    return new ClaimRules(
        settings.words(TokensProperty.JWT_AUDIENCE),
        settings.text(TokensProperty.JWT_ISSUER),
        settings.words(TokensProperty.JWT_REQUIRED_CLAIMS),
        settings.timeSpan(TokensProperty.JWT_LEEWAY).toMillis());
  }

  /** Why a token with these claims is never good, or null if it can be. */
  public @Nullable String problemWith(Map<String, Object> claims) {
    for (String name : required) {
      if (claims.get(name) == null) {
        return "it lacks the claim " + name;
      }
    }
    if (issuer != null && !issuer.equals(claims.get("iss"))) {
      return "it is not from the issuer " + issuer;
    }
    return audienceProblem(claims.get("aud"));
  }

  /** Why a token with these claims is not good at {@code now}, or null if it is. */
  public @Nullable String problemAt(Map<String, Object> claims, long now) {
    try {
      return ValidityTimes.of(claims).problemAt(now, leeway);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /**
   * The credential with what these claims say: claims, principal if they name a subject, and until
   * when this machine will accept it, which is {@code exp} plus the leeway.
   *
   * @param voucher the issuer if the claims name none, or null
   */
  public Credential vouch(
      Credential credential, Map<String, Object> claims, @Nullable String voucher) {
    Credential vouched = credential.withClaims(claims);
    String principal = TokenPrincipal.of(claims, voucher);
    if (principal != null) {
      vouched = vouched.withPrincipal(principal);
    }
    ValidityTimes times = ValidityTimes.of(claims);
    return times.hasExpiry() ? earlierExpiry(vouched, times.expiry()) : vouched;
  }

  private Credential earlierExpiry(Credential credential, long expiry) {
    Instant end = Instant.ofEpochMilli(expiry).plusMillis(leeway);
    Instant known = credential.expiry();
    return known != null && known.isBefore(end) ? credential : credential.withExpiry(end);
  }

  /** As PostgREST: absent, null and an empty array are for anybody; other types are refused. */
  private @Nullable String audienceProblem(@Nullable Object audience) {
    List<?> named;
    if (audience == null) {
      named = List.of();
    } else if (audience instanceof String one) {
      named = List.of(one);
    } else if (audience instanceof List<?> several
        && several.stream().allMatch(String.class::isInstance)) {
      named = several;
    } else {
      return "the claim aud is neither a string nor an array of strings";
    }
    if (audiences.isEmpty() || named.isEmpty() || named.stream().anyMatch(audiences::contains)) {
      return null;
    }
    return "it is not for the audience " + String.join(" or ", audiences);
  }
}
