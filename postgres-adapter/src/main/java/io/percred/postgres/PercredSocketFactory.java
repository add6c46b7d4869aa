package io.percred.postgres;

import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.ForwardingSocket;
import io.percred.postgres.socket.UserFactories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.SQLException;
import java.util.Properties;
import javax.net.SocketFactory;
import org.postgresql.core.SocketFactoryFactory;

/**
 * Makes the sockets of pgjdbc's connections, through which every transaction is bound to its
 * caller. pgjdbc makes it by name, from the property {@code socketFactory}. In {@code
 * socketFactoryArg} stands what a percred URL would say behind its question mark, such as {@code
 * percred.setting=app.api_token&percred.supplier=context} (encoded, if that stands in a URL), or,
 * for connections that percred opens, a handle. Without either it refuses. Thread-safe.
 */
public final class PercredSocketFactory extends SocketFactory {
  // Held for as long as pgjdbc holds this factory, which is as long as the connection lives.
  private final FilterConfiguration configuration;
  private final SocketFactory delegate;

  /**
   * Called by pgjdbc.
   *
   * @param info the connection's properties
   * @throws SQLException with SQLSTATE 22023 if the configuration is missing or not right, or the
   *     user's own socket factory cannot be made
   */
  public PercredSocketFactory(Properties info) throws SQLException {
    FilterConfiguration found =
        FilterRegistry.find(info.getProperty(UserFactories.SOCKET_FACTORY_ARG));
    configuration = found == null ? DirectFactories.configuration(info) : found;
    delegate =
        SocketFactoryFactory.getSocketFactory(configuration.userFactories().restoredIn(info));
  }

  @Override
  public Socket createSocket() throws IOException {
    return filtered(delegate.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return filtered(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return filtered(delegate.createSocket(host, port, localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return filtered(delegate.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return filtered(delegate.createSocket(address, port, localAddress, localPort));
  }

  private Socket filtered(Socket raw) throws IOException {
    return new ForwardingSocket(raw, configuration.filters().newSocket(raw));
  }
}
