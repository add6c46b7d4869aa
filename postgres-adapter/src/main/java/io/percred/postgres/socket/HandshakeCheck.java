package io.percred.postgres.socket;

import java.io.IOException;

/** What an SSL factory wants to say once the handshake is done. */
@FunctionalInterface
public interface HandshakeCheck {
  /**
   * Called behind each handshake that was asked for.
   *
   * @throws IOException if the connection must not be used
   */
  void afterHandshake() throws IOException;
}
