package io.percred.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** A user's own {@code socketFactory}, which must keep being asked and keep its argument. */
public final class CountingSocketFactory extends SocketFactory {
  private static final AtomicInteger MADE = new AtomicInteger();
  private static final AtomicReference<@Nullable String> ARGUMENT = new AtomicReference<>();

  /** pgjdbc's convention: one constructor with {@code socketFactoryArg}. */
  public CountingSocketFactory(String argument) {
    ARGUMENT.set(argument);
  }

  static int made() {
    return MADE.get();
  }

  static @Nullable String lastArgument() {
    return ARGUMENT.get();
  }

  @Override
  public Socket createSocket() {
    MADE.incrementAndGet();
    return new Socket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    MADE.incrementAndGet();
    return new Socket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    MADE.incrementAndGet();
    return new Socket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    MADE.incrementAndGet();
    return new Socket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    MADE.incrementAndGet();
    return new Socket(host, port, localHost, localPort);
  }
}
