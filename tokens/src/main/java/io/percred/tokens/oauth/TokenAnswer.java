package io.percred.tokens.oauth;

import io.percred.spi.Credential;
import io.percred.tokens.http.UnusableAnswerException;
import io.percred.tokens.jwt.TokenExpiry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token response (RFC 6749, section 5.1). Only the fields that are needed are read; whatever else
 * there is may be of any type. A lifetime that is no number is one that was not told.
 */
final class TokenAnswer {
  /** Types of tokens that are of no use without a proof that goes with each request. */
  private static final Set<String> NEED_A_PROOF = Set.of("dpop", "pop", "mac");

  private static final BigDecimal LONGEST = BigDecimal.valueOf(Duration.ofDays(36_500).toSeconds());

  private final Map<String, Object> body;

  TokenAnswer(Map<String, Object> body) {
    this.body = body;
  }

  /** Whether it is an error in spite of its status, as GitHub answers. */
  boolean isError() {
    return text("access_token") == null && text("error") != null;
  }

  /** The refresh token that replaces the one that was sent, or null if there is none. */
  @Nullable Credential refreshToken() {
    String token = text("refresh_token");
    return token == null ? null : Credential.of(token);
  }

  /**
   * The access token, with its expiry if the answer or the token tells it.
   *
   * @throws UnusableAnswerException if there is none that percred can present
   */
  Credential accessToken(Instant askedAt) throws UnusableAnswerException {
    String token = text("access_token");
    if (token == null) {
      throw new UnusableAnswerException("a token response without access_token");
    }
    String type = text("token_type");
    if (type == null) {
      throw new UnusableAnswerException("a token response without token_type");
    }
    if (NEED_A_PROOF.contains(type.toLowerCase(Locale.ROOT))) {
      throw new UnusableAnswerException("a token response with a token that needs a proof");
    }
    Long lifetime = lifetime();
    Instant expiry = lifetime == null ? TokenExpiry.of(token) : askedAt.plusSeconds(lifetime);
    Credential credential = Credential.of(token);
    return expiry == null ? credential : credential.withExpiry(expiry);
  }

  private @Nullable Long lifetime() {
    Object told = body.get("expires_in");
    if (!(told instanceof Number) && !(told instanceof String)) {
      return null;
    }
    try {
      BigDecimal seconds = new BigDecimal(told.toString().strip());
      return seconds.signum() <= 0 ? null : seconds.min(LONGEST).longValue();
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private @Nullable String text(String name) {
    return body.get(name) instanceof String text && !text.isBlank() ? text : null;
  }

  /** Shows nothing: the answer holds tokens. */
  @Override
  public String toString() {
    return "TokenAnswer";
  }
}
