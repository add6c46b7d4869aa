package io.percred.tokens.http;

import io.percred.tokens.json.JsonObjects;
import java.net.http.HttpHeaders;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an endpoint answered.
 *
 * @param status the HTTP status
 * @param contentType the media type as sent, empty if none was
 * @param retryAfter when to ask again, as sent, empty if nothing was
 * @param body the whole body as text, without a byte order mark; may hold secrets
 */
public record HttpAnswer(int status, String contentType, String retryAfter, String body) {
  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([\\w.:-]+)", Pattern.CASE_INSENSITIVE);

  /** The answer whose body are these octets. */
  static HttpAnswer of(int status, HttpHeaders headers, byte[] body) {
    String contentType = headers.firstValue("Content-Type").orElse("");
    String retryAfter = headers.firstValue("Retry-After").orElse("");
    String text = new String(body, charsetOf(contentType));
    String unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    return new HttpAnswer(status, contentType, retryAfter, unmarked);
  }

  /** JSON is UTF-8 (RFC 8259, section 8.1); who says that he sends something else is believed. */
  private static Charset charsetOf(String contentType) {
    Matcher named = CHARSET.matcher(contentType);
    try {
      return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    } catch (IllegalArgumentException e) {
      return StandardCharsets.UTF_8;
    }
  }

  /**
   * The body as a JSON object.
   *
   * @throws UnusableAnswerException if it is none; the message shows nothing of the body
   */
  public Map<String, Object> json() throws UnusableAnswerException {
    try {
      return JsonObjects.tolerant(body);
    } catch (ParseException e) {
      throw new UnusableAnswerException("HTTP " + status + " without a JSON object");
    }
  }

  /** Shows status and media type, nothing of the body. */
  @Override
  public String toString() {
    return "HttpAnswer[status=" + status + ", contentType=" + contentType + "]";
  }
}
