package io.percred.tokens.oauth;

import io.percred.spi.Credential;
import io.percred.spi.SupplyException;
import java.time.Duration;

/**
 * Which refresh token came in place of which. A server that issues a new one with each use takes
 * the old one for stolen and ends the whole grant (RFC 9700, section 4.14.2), so one that was
 * replaced is never sent again.
 */
interface Successors {
  /** What is sent to {@code authority} in place of {@code given}: itself if never replaced. */
  Credential latest(String authority, Credential given);

  /** Remembers that {@code authority} issued {@code next} when {@code sent} was presented. */
  void replaced(String authority, Replaced replaced);

  /**
   * Waits until nobody else presents that token.
   *
   * @throws SupplyException if that takes longer than {@code patience}
   */
  Turn turnOf(String authority, Credential token, Duration patience) throws SupplyException;

  /**
   * A replacement.
   *
   * @param given what the caller has
   * @param sent what was presented for it
   * @param next what came back
   */
  record Replaced(Credential given, Credential sent, Credential next) {}

  /** The right to present a token, until it is closed. */
  @FunctionalInterface
  interface Turn {
    /** Lets the next one. */
    void close();
  }
}
