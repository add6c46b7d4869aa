package io.percred.postgres.wire;

import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;
import io.percred.spi.Target;
import java.net.InetAddress;
import java.net.Socket;

/**
 * The filter of one socket: over its plain streams first, over the encrypted ones if it turns to
 * TLS.
 */
public final class ConnectionFilter implements SocketFilter {
  private final GateContext context;
  private final Socket socket;

  /**
   * @param socket the socket below the filter; only its address is looked at
   */
  public ConnectionFilter(GateContext context, Socket socket) {
    this.context = context;
    this.socket = socket;
  }

  @Override
  public StreamFilter plain() {
    return new Wire(context, this::target);
  }

  @Override
  public StreamFilter encrypted() {
    return new Wire(context, this::target);
  }

  /** The target, with the address that this end of the connection has by now. */
  private Target target() {
    Target target = context.target();
    InetAddress address = socket.isConnected() ? socket.getLocalAddress() : null;
    return address == null
        ? target
        : new Target(target.url(), target.loginRole(), address.getHostAddress());
  }
}
