package io.percred.tokens.command;

import io.percred.spi.Credential;
import io.percred.tokens.json.JsonObjects;
import io.percred.tokens.jwt.TokenExpiry;
import java.text.ParseException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What programs print: a token and nothing else, or a JSON object with token and expiry, on top or
 * in {@code status} (exec credential plugins of Kubernetes) or {@code credential} (gcloud).
 */
final class PrintedToken {
  private static final List<String> PLACES = List.of("status", "credential", "Credentials");
  private static final List<String> TOKENS =
      List.of("access_token", "accessToken", "token", "SessionToken");
  private static final List<String> LIFETIMES = List.of("expires_in", "expiresIn");

  /** Epoch seconds come first: az also prints the local time, which is ambiguous twice a year. */
  private static final List<String> EXPIRIES =
      List.of(
          "expires_on",
          "expires_at",
          "expiresAt",
          "expirationTimestamp",
          "token_expiry",
          "expiry",
          "expiration",
          "Expiration",
          "expiresOn");

  /** ECMA-48: control sequences, operating system commands and other escape sequences. */
  private static final Pattern TERMINAL =
      Pattern.compile(
          "\\u001b\\[[0-?]*[ -/]*[@-~]|\\u001b[\\]PX^_].*?(?:\\u0007|\\u001b\\\\)"
              + "|\\u001b[ -/]*[0-~]|[\\u0000-\\u0008\\u000e-\\u001f\\u007f\\u009b]",
          Pattern.DOTALL);

  private PrintedToken() {}

  /**
   * The token in what a program printed.
   *
   * @param now when it was started
   * @return the token, with its expiry if that was told
   * @throws UnreadableException if there is none
   */
  static Credential parse(String output, Instant now) throws UnreadableException {
    String text = TERMINAL.matcher(output).replaceAll("").replace("\ufeff", "").strip();
    if (!text.startsWith("{")) {
      if (text.isEmpty()) {
        throw new UnreadableException("it printed nothing");
      }
      if (text.chars().anyMatch(Character::isWhitespace)) {
        throw new UnreadableException("it printed more than a token");
      }
      return withExpiry(Credential.of(text), TokenExpiry.of(text));
    }
    Map<String, Object> top;
    try {
      top = JsonObjects.tolerant(text);
    } catch (ParseException e) {
      throw new UnreadableException("it printed something that is not JSON");
    }
    Map<?, ?> object = top;
    for (String place : PLACES) {
      object = top.get(place) instanceof Map<?, ?> inner ? inner : object;
    }
    for (String name : TOKENS) {
      if (object.get(name) instanceof String token && !token.isBlank()) {
        Instant told = expiry(object, now);
        return withExpiry(Credential.of(token), told == null ? TokenExpiry.of(token) : told);
      }
    }
    throw new UnreadableException("it printed a JSON object without a token");
  }

  private static Credential withExpiry(Credential token, @Nullable Instant expiry) {
    return expiry == null ? token : token.withExpiry(expiry);
  }

  private static @Nullable Instant expiry(Map<?, ?> object, Instant now)
      throws UnreadableException {
    try {
      for (String name : EXPIRIES) {
        Object told = object.get(name);
        if (told != null && !told.equals("")) {
          return PrintedTime.of(told);
        }
      }
      for (String name : LIFETIMES) {
        Object told = object.get(name);
        if (told != null && !told.equals("")) {
          return now.plusSeconds((long) PrintedTime.number(told));
        }
      }
      return null;
    } catch (ParseException e) {
      throw new UnreadableException("it printed an expiry that is not a time");
    }
  }

  /** The output holds no token; the message shows nothing of it. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String reason) {
      super(reason);
    }
  }
}
