package io.percred.postgres.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

final class ForwardingSocketTest {
  private final RecordingFilter filter = new RecordingFilter();

  @Test
  void everyPublicMethodOfASocketIsForwarded() {
    assertThat(notOverridden(Socket.class, ForwardingSocket.class)).isEmpty();
  }

  @Test
  void everyPublicMethodOfAnSslSocketIsForwarded() {
    assertThat(notOverridden(SSLSocket.class, ForwardingSslSocket.class)).isEmpty();
    assertThat(notOverridden(Socket.class, ForwardingSslSocket.class)).isEmpty();
  }

  /** What a JDK's class lets override and ours does not. */
  private static List<String> notOverridden(Class<?> theirs, Class<?> ours) {
    return Arrays.stream(theirs.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !Modifier.isFinal(method.getModifiers()))
        .filter(method -> !declares(ours, method))
        .map(Method::toString)
        .toList();
  }

  private static boolean declares(Class<?> type, Method method) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(
            own ->
                own.getName().equals(method.getName())
                    && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
  }

  @Test
  void bytesOfBothDirectionsPassTheFilter() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo);
        Socket socket = connected(server)) {
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
      assertThat(filter.onPlain().sentText()).isEqualTo("hello");
      assertThat(filter.onPlain().receivedText()).isEqualTo("hello");
      assertThat(filter.calls()).containsExactly("plain");
    }
  }

  @Test
  void streamsAreTheSameEachTime() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo);
        Socket socket = connected(server)) {
      assertThat(socket.getInputStream()).isSameAs(socket.getInputStream());
      assertThat(socket.getOutputStream()).isSameAs(socket.getOutputStream());
    }
  }

  @Test
  void readTimesOutAndGoesOnAfterwards() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo);
        Socket socket = connected(server)) {
      socket.setSoTimeout(1);
      InputStream in = socket.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write('x');
      assertThat(in.read()).isEqualTo('x');
    }
  }

  @Test
  void closingClosesTheSocketBehindIt() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo)) {
      Socket raw = new Socket(server.address(), server.port());
      Socket socket = new ForwardingSocket(raw, filter);
      socket.close();
      assertThat(raw.isClosed()).isTrue();
      assertThat(socket.isClosed()).isTrue();
      assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void stateAndOptionsAreThoseOfTheSocketBehindIt() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo);
        Socket raw = new Socket()) {
      Socket socket = new ForwardingSocket(raw, filter);
      assertThat(socket.isConnected()).isFalse();
      socket.bind(null);
      assertThat(socket.isBound()).isTrue();
      socket.connect(new InetSocketAddress(server.address(), server.port()), 10_000);
      assertThat(socket.isConnected()).isTrue();
      assertThat(socket.getPort()).isEqualTo(server.port());
      assertThat(socket.getLocalPort()).isEqualTo(raw.getLocalPort());
      socket.setTcpNoDelay(true);
      assertThat(raw.getTcpNoDelay()).isTrue();
      socket.setKeepAlive(true);
      assertThat(raw.getKeepAlive()).isTrue();
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, false);
      assertThat(raw.getKeepAlive()).isFalse();
      socket.shutdownOutput();
      assertThat(raw.isOutputShutdown()).isTrue();
      assertThat(socket.isOutputShutdown()).isTrue();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void nothingGetsAroundTheFilter() throws IOException {
    try (LoopbackServer server = new LoopbackServer(ForwardingSocketTest::echo);
        Socket socket = connected(server)) {
      assertThat(socket.getChannel()).isNull();
      assertThatThrownBy(() -> socket.sendUrgentData(1)).isInstanceOf(SocketException.class);
    }
  }

  private Socket connected(LoopbackServer server) throws IOException {
    return new ForwardingSocket(new Socket(server.address(), server.port()), filter);
  }

  static void echo(Socket client) throws IOException {
    client.getInputStream().transferTo(client.getOutputStream());
  }
}
