package io.percred.tokens.oauth;

import io.percred.spi.Credential;
import io.percred.spi.SupplyException;
import io.percred.tokens.oauth.Successors.Replaced;
import io.percred.tokens.oauth.Successors.Turn;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Presents refresh tokens of one client at one authorization server, each by one call at a time and
 * none after it was replaced. Thread-safe.
 *
 * @param authority the server and the client
 * @param successors which token came in place of which
 * @param sender asks the server
 */
record Refresher(String authority, Successors successors, Sender sender) {
  /** Asks for a token. */
  @FunctionalInterface
  interface Sender {
    /**
     * Presents a refresh token.
     *
     * @param replacement told what replaces it as soon as that is known, even if the call fails
     * @throws SupplyException if no token was issued
     */
    Credential send(Credential refreshToken, Consumer<Credential> replacement)
        throws SupplyException;
  }

  /**
   * A new access token for whom {@code given} was issued to.
   *
   * @throws SupplyException if there is none, or not within {@code patience}
   */
  Credential refresh(Credential given, Duration patience) throws SupplyException {
    long until = System.nanoTime() + patience.toNanos();
    while (true) {
      Credential latest = successors.latest(authority, given);
      Duration left = Duration.ofNanos(until - System.nanoTime());
      Turn turn = successors.turnOf(authority, latest, left);
      try {
        // Whoever had the turn before may have had it replaced.
        if (isSame(latest, successors.latest(authority, given))) {
          return sender.send(latest, next -> remember(given, latest, next));
        }
      } finally {
        turn.close();
      }
    }
  }

  private void remember(Credential given, Credential sent, Credential next) {
    if (!isSame(sent, next)) {
      successors.replaced(authority, new Replaced(given, sent, next));
    }
  }

  private static boolean isSame(Credential one, Credential other) {
    return one.fingerprint().equals(other.fingerprint());
  }
}
