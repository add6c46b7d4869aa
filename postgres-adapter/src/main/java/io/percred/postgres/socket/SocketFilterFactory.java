package io.percred.postgres.socket;

import java.net.Socket;

/** Makes the filters of one connection: one for its socket, others for its cancel requests. */
@FunctionalInterface
public interface SocketFilterFactory {
  /**
   * A filter for a socket that is about to be used. May be called by several threads.
   *
   * @param socket the socket below the filter, not yet connected
   */
  SocketFilter newSocket(Socket socket);
}
