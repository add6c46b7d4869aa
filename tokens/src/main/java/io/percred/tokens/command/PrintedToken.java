package io.percred.tokens.command;

import com.nimbusds.jose.util.JSONObjectUtils;
import io.percred.spi.Credential;
import io.percred.tokens.jwt.TokenExpiry;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What programs print: a token and nothing else, or a JSON object with token and expiry, on top or
 * in {@code status} (exec credential plugins of Kubernetes) or {@code credential} (gcloud).
 */
final class PrintedToken {
  private static final List<String> PLACES = List.of("status", "credential");
  private static final List<String> TOKENS = List.of("access_token", "accessToken", "token");
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
          "expiresOn");

  /** Later than any time in seconds that makes sense, earlier than any in milliseconds. */
  private static final double MILLISECONDS_FROM = 1e11;

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSSSSS][.SSSSSS][.SSS]");

  private PrintedToken() {}

  /**
   * The token in what a program printed.
   *
   * @param now when it was started
   * @return the token, with its expiry if that was told
   * @throws UnreadableException if there is none
   */
  static Credential parse(String output, Instant now) throws UnreadableException {
    String text = output.strip();
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
      top = JSONObjectUtils.parse(text);
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
    for (String name : EXPIRIES) {
      Object told = object.get(name);
      if (told != null) {
        return instant(told);
      }
    }
    for (String name : LIFETIMES) {
      Object told = object.get(name);
      if (told != null) {
        return now.plusSeconds((long) number(told));
      }
    }
    return null;
  }

  private static Instant instant(Object told) throws UnreadableException {
    if (told instanceof String text && !text.matches("\\d+(\\.\\d+)?")) {
      return time(text.strip());
    }
    double number = number(told);
    double millis = number < MILLISECONDS_FROM ? number * 1000 : number;
    return Instant.ofEpochMilli((long) millis);
  }

  private static Instant time(String text) throws UnreadableException {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      try {
        // The Azure command line prints local time without saying so.
        return LocalDateTime.parse(text, LOCAL).atZone(ZoneId.systemDefault()).toInstant();
      } catch (DateTimeException neither) {
        throw new UnreadableException("it printed an expiry that is not a time");
      }
    }
  }

  private static double number(Object told) throws UnreadableException {
    try {
      return told instanceof Number number
          ? number.doubleValue()
          : Double.parseDouble(told.toString());
    } catch (NumberFormatException e) {
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
