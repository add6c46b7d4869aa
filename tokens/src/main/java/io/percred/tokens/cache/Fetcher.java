package io.percred.tokens.cache;

import io.percred.spi.Credential;
import io.percred.spi.SupplyException;
import java.time.Duration;

/** Gets a new token, from a server or a program. */
@FunctionalInterface
public interface Fetcher {
  /**
   * Gets a new token.
   *
   * @param patience how long whoever wants it is going to wait
   * @return the token, with its expiry if that is known
   * @throws SupplyException if there is none
   */
  Credential fetch(Duration patience) throws SupplyException;
}
