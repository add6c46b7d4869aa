package io.percred.postgres;

import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.HandshakeCheck;
import io.percred.postgres.socket.TlsTakeover;
import io.percred.postgres.socket.UserFactories;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.SQLException;
import java.util.Properties;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.SocketFactoryFactory;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/**
 * Encrypts connections that {@link PercredSocketFactory} made, with the user's own factory or
 * pgjdbc's, and keeps them bound. pgjdbc makes it by name, from the property {@code sslfactory}. In
 * {@code sslfactoryarg} stands the same as in {@code socketFactoryArg}; otherwise it refuses every
 * connection. Thread-safe.
 */
public final class PercredSslSocketFactory extends SSLSocketFactory {
  private static final String[] NONE = {};

  private final @Nullable SSLSocketFactory delegate;
  private final String refusal;
  private final @Nullable Exception cause;

  /**
   * Called by pgjdbc. Whatever is wrong is said by {@link #createSocket(Socket, String, int,
   * boolean)}, because pgjdbc shows that message and hides this one.
   *
   * @param info the connection's properties
   */
  public PercredSslSocketFactory(Properties info) {
    FilterConfiguration found =
        FilterRegistry.find(info.getProperty(UserFactories.SSL_FACTORY_ARG));
    SSLSocketFactory made = null;
    SQLException failure = null;
    try {
      UserFactories factories =
          found == null ? DirectFactories.factoriesOfSsl(info) : found.userFactories();
      made = SocketFactoryFactory.getSslSocketFactory(factories.restoredIn(info));
    } catch (SQLException e) {
      failure = e;
    }
    delegate = made;
    cause = failure;
    refusal = failure == null ? "" : String.valueOf(failure.getMessage());
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocketFactory factory = delegate;
    if (factory == null) {
      throw new IOException(refusal, cause);
    }
    return new TlsTakeover(factory, checkOf(factory)).over(socket, host, port, autoClose);
  }

  /** What pgjdbc asks its own factory behind the handshake, which it would not ask this one. */
  private static HandshakeCheck checkOf(SSLSocketFactory factory) {
    if (!(factory instanceof LibPQFactory own)) {
      return () -> {};
    }
    return () -> {
      try {
        own.throwKeyManagerException();
      } catch (PSQLException e) {
        throw new IOException(e.getMessage(), e);
      }
    };
  }

  @Override
  public Socket createSocket() throws IOException {
    throw noSocketBelow();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw noSocketBelow();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    throw noSocketBelow();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw noSocketBelow();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    throw noSocketBelow();
  }

  private static IOException noSocketBelow() {
    return new IOException(
        "percred encrypts only connections that its own socketFactory made, and opens none itself");
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return delegate == null ? NONE.clone() : delegate.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return delegate == null ? NONE.clone() : delegate.getSupportedCipherSuites();
  }
}
