package io.percred.tokens.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call brought no usable answer.
 *
 * @param reason in words of this module: messages of the JDK may quote what the other side sent
 * @param isReached whether a connection was made. If not, no token was sent, so that none can be
 *     the cause
 * @param retryAfter how long the endpoint asks not to be asked, or null
 */
record CallFailure(String reason, boolean isReached, @Nullable Duration retryAfter) {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  static CallFailure of(IOException failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      return new CallFailure("connect timed out", false, null);
    }
    if (failure instanceof ConnectException) {
      return new CallFailure("connection refused or host not found", false, null);
    }
    if (failure instanceof SSLException) {
      String words = SafeText.of(String.valueOf(failure.getMessage()));
      boolean isReached = !(failure instanceof SSLHandshakeException);
      return new CallFailure("TLS failed: " + words, isReached, null);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BoundedBody.TooLargeException) {
        return new CallFailure(String.valueOf(cause.getMessage()), true, null);
      }
    }
    return new CallFailure("connection broken or not HTTP", true, null);
  }

  static CallFailure unusable(String reason) {
    return new CallFailure(reason, true, null);
  }

  /** No answer came in time. */
  static CallFailure late(Duration timeout) {
    return new CallFailure("no answer within " + shown(timeout), true, null);
  }

  /** The endpoint answered that it cannot answer. */
  static CallFailure of(HttpAnswer answer, Instant now) {
    String status = "HTTP " + answer.status();
    Duration wait = waitIn(answer.retryAfter().strip(), now);
    return wait == null
        ? unusable(status)
        : new CallFailure(status + ", to be asked again after " + shown(wait), true, wait);
  }

  /** Seconds or a date (RFC 9110, section 10.2.3); what is neither, or over, asks for nothing. */
  private static @Nullable Duration waitIn(String retryAfter, Instant now) {
    if (SECONDS.matcher(retryAfter).matches()) {
      return Duration.ofSeconds(Integer.parseInt(retryAfter));
    }
    try {
      Instant date = DateTimeFormatter.RFC_1123_DATE_TIME.parse(retryAfter, Instant::from);
      return date.isAfter(now) ? Duration.between(now, date) : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static String shown(Duration span) {
    return span.toMillis() % 1000 == 0 ? span.toSeconds() + "s" : span.toMillis() + "ms";
  }
}
