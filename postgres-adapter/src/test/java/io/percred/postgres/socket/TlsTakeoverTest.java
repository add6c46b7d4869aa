package io.percred.postgres.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsTakeoverTest {
  private static SSLContext context;

  private final RecordingFilter filter = new RecordingFilter();
  private final AtomicInteger checks = new AtomicInteger();
  private LoopbackServer server;

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    context = TestCertificate.in(directory).context();
  }

  @BeforeEach
  void startServer() throws IOException {
    server = new LoopbackServer(TlsTakeoverTest::acceptInPlainThenTls);
  }

  @AfterEach
  void stopServer() throws IOException {
    server.close();
  }

  /** Answers one plain byte, then echoes inside TLS. */
  private static void acceptInPlainThenTls(Socket client) throws IOException {
    client.getOutputStream().write(client.getInputStream().read());
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true);
    tls.setUseClientMode(false);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"postgresql"});
    tls.setSSLParameters(parameters);
    ForwardingSocketTest.echo(tls);
  }

  @Test
  void plainFilterIsDormantOnceTlsIsOn() throws IOException {
    try (SSLSocket tls = overTls(connected())) {
      byte[] sent = filter.onPlain().sent();
      byte[] received = filter.onPlain().received();
      assertThat(sent).asString().isEqualTo("S");
      assertThat(received).asString().isEqualTo("S");
      tls.startHandshake();
      tls.getOutputStream().write("secret".getBytes(StandardCharsets.UTF_8));
      assertThat(tls.getInputStream().readNBytes(6)).asString().isEqualTo("secret");
      assertThat(filter.onPlain().sent()).isEqualTo(sent);
      assertThat(filter.onPlain().received()).isEqualTo(received);
      assertThat(filter.onEncrypted().sentText()).isEqualTo("secret");
      assertThat(filter.onEncrypted().receivedText()).isEqualTo("secret");
      assertThat(filter.calls()).containsExactly("plain", "encrypted");
      assertThat(tls.getInputStream()).isSameAs(tls.getInputStream());
      assertThat(tls.getOutputStream()).isSameAs(tls.getOutputStream());
    }
  }

  @Test
  void sessionProtocolAndParametersAreThoseOfTheSocketBehindIt() throws IOException {
    try (SSLSocket tls = overTls(connected())) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"postgresql"});
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
      tls.setUseClientMode(true);
      tls.startHandshake();
      assertThat(checks).hasValue(1);
      assertThat(tls.getApplicationProtocol()).isEqualTo("postgresql");
      assertThat(tls.getSession().getPeerCertificates()).hasSize(1);
      assertThat(tls.getSession().isValid()).isTrue();
      assertThat(tls.getUseClientMode()).isTrue();
      assertThat(tls.getEnabledProtocols()).contains("TLSv1.3");
    }
  }

  @Test
  void readTimesOutAndGoesOnAfterwards() throws IOException {
    try (SSLSocket tls = overTls(connected())) {
      tls.startHandshake();
      tls.setSoTimeout(1);
      InputStream in = tls.getInputStream();
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      tls.setSoTimeout(10_000);
      tls.getOutputStream().write('x');
      assertThat(in.read()).isEqualTo('x');
    }
  }

  @Test
  void closingClosesTheSocketsBelow() throws IOException {
    Socket plain = connected();
    SSLSocket tls = overTls(plain);
    tls.startHandshake();
    tls.close();
    assertThat(tls.isClosed()).isTrue();
    assertThat(plain.isClosed()).isTrue();
  }

  @Test
  void closingThePlainSocketEndsTls() throws IOException {
    Socket plain = connected();
    SSLSocket tls = overTls(plain);
    tls.startHandshake();
    plain.close();
    assertThatThrownBy(() -> tls.getInputStream().read()).isInstanceOf(IOException.class);
  }

  @Test
  void nothingGetsAroundTheFilter() throws IOException {
    try (SSLSocket tls = overTls(connected())) {
      assertThat(tls.getChannel()).isNull();
      assertThatThrownBy(() -> tls.sendUrgentData(1)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void socketThatIsNotPercredsIsRefused() throws IOException {
    try (Socket raw = new Socket(server.address(), server.port())) {
      assertThatThrownBy(() -> overTls(raw))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("its own socketFactory");
    }
  }

  @Test
  void secondTakeoverIsRefused() throws IOException {
    Socket plain = connected();
    try (SSLSocket tls = overTls(plain)) {
      assertThat(tls.isConnected()).isTrue();
      assertThatThrownBy(() -> overTls(plain)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void factoryThatDoesNotEncryptIsRefused() throws IOException {
    Socket plain = connected();
    TlsTakeover takeover = new TlsTakeover(new NoTls(), () -> {});
    assertThatThrownBy(() -> takeover.over(plain, "localhost", 1, true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not make an SSLSocket");
    assertThat(plain.isClosed()).isTrue();
  }

  @Test
  void failedCheckFailsTheHandshake() throws IOException {
    TlsTakeover takeover =
        new TlsTakeover(
            context.getSocketFactory(),
            () -> {
              throw new IOException("no client key");
            });
    try (SSLSocket tls = (SSLSocket) takeover.over(connected(), "localhost", server.port(), true)) {
      assertThatThrownBy(tls::startHandshake).hasMessage("no client key");
    }
  }

  private Socket connected() throws IOException {
    Socket socket = new ForwardingSocket(new Socket(server.address(), server.port()), filter);
    socket.getOutputStream().write('S');
    assertThat(socket.getInputStream().read()).isEqualTo('S');
    return socket;
  }

  private SSLSocket overTls(Socket plain) throws IOException {
    TlsTakeover takeover = new TlsTakeover(context.getSocketFactory(), checks::incrementAndGet);
    return (SSLSocket) takeover.over(plain, "localhost", server.port(), true);
  }

  /** Hands the socket below back as it is. */
  private static final class NoTls extends SSLSocketFactory {
    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(
        InetAddress address, int port, InetAddress localAddress, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return new String[0];
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return new String[0];
    }
  }
}
