package io.percred.postgres.socket;

/** The filter of one physical socket. */
public interface SocketFilter {
  /** The filter of the bytes as they are on the network; asked for once, before any of them. */
  StreamFilter plain();

  /**
   * The filter of the bytes inside TLS; asked for once, when percred's own SSL factory takes the
   * connection over and before the handshake. From then on nothing passes the plain filter.
   */
  StreamFilter encrypted();
}
