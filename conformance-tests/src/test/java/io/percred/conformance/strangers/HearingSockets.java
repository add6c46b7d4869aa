package io.percred.conformance.strangers;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.SocketFactory;

/** The administrator's own socket factory: every host that is connected to hears in memory. */
public final class HearingSockets extends SocketFactory {
  private static final Queue<String> HEARD = new ConcurrentLinkedQueue<>();

  /** For pgjdbc. */
  public HearingSockets() {}

  /** Everything that was sent since the last time, in clear. */
  static String takeHeard() {
    StringBuilder all = new StringBuilder();
    for (String heard = HEARD.poll(); heard != null; heard = HEARD.poll()) {
      all.append(heard);
    }
    return all.toString();
  }

  @Override
  public Socket createSocket() {
    return new HearingSocket();
  }

  @Override
  public Socket createSocket(String host, int port) {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return createSocket();
  }

  private static final class HearingSocket extends Socket {
    private final HearingServer server = new HearingServer(HEARD::add);
    private boolean connected;
    private boolean closed;

    @Override
    public void connect(SocketAddress endpoint) {
      connected = true;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) {
      connected = true;
    }

    @Override
    public void bind(SocketAddress address) {}

    @Override
    public boolean isConnected() {
      return connected;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }

    @Override
    public InputStream getInputStream() {
      return server.answers();
    }

    @Override
    public OutputStream getOutputStream() {
      return server.ear();
    }

    @Override
    public InetAddress getInetAddress() {
      return InetAddress.getLoopbackAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
      return InetAddress.getLoopbackAddress();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoTimeout(int timeout) {}

    @Override
    public int getSoTimeout() {
      return 0;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
      return 8192;
    }

    @Override
    public int getSendBufferSize() {
      return 8192;
    }

    @Override
    public synchronized void close() {
      closed = true;
    }
  }
}
