package io.percred.tokens.http;

import java.net.http.HttpRequest;
import java.sql.SQLException;

/**
 * Something to ask an endpoint.
 *
 * @param about what the answer can depend on: the fingerprint of the token that the request holds,
 *     or {@link #NOBODY}
 * @param isSingleUse whether the request does harm if it arrives twice
 * @param writer writes the request, anew for each time that it is sent
 */
public record Question(Object about, boolean isSingleUse, Writer writer) {
  /** What a request without anybody's token is about. */
  public static final Object NOBODY =
      new Object() {
        @Override
        public String toString() {
          return "nobody";
        }
      };

  /** Writes a request. */
  @FunctionalInterface
  public interface Writer {
    /**
     * A request that was not sent yet.
     *
     * @throws SQLException with SQLSTATE 22023 if a secret that it needs can no longer be read
     */
    HttpRequest write() throws SQLException;
  }

  /** Shows nothing: the request holds secrets. */
  @Override
  public String toString() {
    return "Question";
  }
}
