package io.percred.postgres.wire;

import io.percred.postgres.socket.SocketFilter;
import io.percred.postgres.socket.StreamFilter;

/**
 * The filter of one socket: over its plain streams first, over the encrypted ones if it turns to
 * TLS.
 */
public final class ConnectionFilter implements SocketFilter {
  private final GateContext context;

  public ConnectionFilter(GateContext context) {
    this.context = context;
  }

  @Override
  public StreamFilter plain() {
    return new Wire(context);
  }

  @Override
  public StreamFilter encrypted() {
    return new Wire(context);
  }
}
