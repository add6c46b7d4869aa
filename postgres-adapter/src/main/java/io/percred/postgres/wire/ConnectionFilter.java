package io.percred.postgres.wire;

import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;
import io.percred.spi.Target;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * The filter of one socket: over its plain streams first, over the encrypted ones if it turns to
 * TLS.
 */
public final class ConnectionFilter implements SocketFilter {
  private final GateContext context;
  private final Socket socket;
  private @Nullable Wire wire;

  /**
   * @param socket the socket below the filter; only its address is looked at
   */
  public ConnectionFilter(GateContext context, Socket socket) {
    this.context = context;
    this.socket = socket;
  }

  @Override
  public StreamFilter plain() {
    return newWire();
  }

  @Override
  public StreamFilter encrypted() {
    return newWire();
  }

  /** The driver's connection is open: what is set from now on is set by its callers. */
  public void opened() {
    if (wire != null) {
      wire.opened();
    }
  }

  private Wire newWire() {
    Wire newest = new Wire(context, this::target);
    wire = newest;
    return newest;
  }

  /** The target, with what is known by now: who logged in, and the address of this end. */
  private Target target() {
    Target target = context.target();
    InetAddress address = socket.isConnected() ? socket.getLocalAddress() : null;
    String user = wire == null ? null : wire.loginRole();
    return new Target(
        target.url(),
        user == null ? target.loginRole() : user,
        address == null ? null : address.getHostAddress());
  }
}
