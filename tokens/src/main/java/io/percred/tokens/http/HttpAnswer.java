package io.percred.tokens.http;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.Map;

/**
 * What an endpoint answered.
 *
 * @param status the HTTP status
 * @param contentType the media type as sent, empty if none was
 * @param body the whole body, decoded as UTF-8; may hold secrets
 */
public record HttpAnswer(int status, String contentType, String body) {

  /**
   * The body as a JSON object.
   *
   * @throws UnusableAnswerException if it is none; the message shows nothing of the body
   */
  public Map<String, Object> json() throws UnusableAnswerException {
    try {
      return JSONObjectUtils.parse(body);
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
