package io.percred.postgres.socket;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Lays TLS over a connection: under the plain filter, which it leaves behind, and with the filter
 * for encrypted connections above it.
 *
 * @param factory makes the SSL socket
 * @param check asked behind each handshake
 */
public record TlsTakeover(SSLSocketFactory factory, HandshakeCheck check) {

  /**
   * Takes a connection over.
   *
   * @param plain must be a {@link ForwardingSocket}
   * @param host the server's name, for the certificate
   * @param port the server's port
   * @param autoClose whether closing the result closes the connection
   * @throws IOException if the socket is not percred's, is encrypted already, or the factory fails
   */
  public Socket over(Socket plain, String host, int port, boolean autoClose) throws IOException {
    if (!(plain instanceof ForwardingSocket forwarding)) {
      throw new IOException(
          "percred encrypts only connections that its own socketFactory made, not one of "
              + plain.getClass().getName());
    }
    StreamFilter filter = forwarding.encrypt();
    Socket encrypted = factory.createSocket(forwarding.delegate(), host, port, autoClose);
    if (encrypted instanceof SSLSocket ssl) {
      return new ForwardingSslSocket(ssl, filter, check);
    }
    encrypted.close();
    throw new IOException(factory.getClass().getName() + " did not make an SSLSocket");
  }
}
