package io.percred.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.postgres.socket.FilterConfiguration;
import io.percred.postgres.socket.FilterRegistry;
import io.percred.postgres.socket.LoopbackServer;
import io.percred.postgres.socket.RecordingFilter;
import io.percred.postgres.socket.TestCertificate;
import io.percred.postgres.socket.UserFactories;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;

/** pgjdbc itself, against a server that speaks start-up and then refuses in its own words. */
final class PercredSocketFactoriesTest {
  private static final int SSL_REQUEST = 80877103;
  private static final String REFUSAL = "this server refuses everyone";

  private static TestCertificate certificate;
  private static SSLContext context;

  private final List<RecordingFilter> filters = new CopyOnWriteArrayList<>();
  private final Properties user = new Properties();

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    certificate = TestCertificate.in(directory);
    context = certificate.context();
  }

  @Test
  void plainConnectionPassesTheFilter() throws Exception {
    user.setProperty("sslmode", "disable");
    assertThat(refusalOf(PercredSocketFactoriesTest::negotiate)).hasMessageContaining(REFUSAL);
    assertThat(filters).hasSize(1);
    assertThat(textOf(filters.get(0).onPlain().sent())).contains("alice");
    assertThat(textOf(filters.get(0).onPlain().received())).contains(REFUSAL);
  }

  @Test
  void encryptedConnectionPassesTheFilterInside() throws Exception {
    user.setProperty("sslmode", "verify-full");
    user.setProperty("sslrootcert", certificate.certificate().toString());
    assertThat(refusalOf(PercredSocketFactoriesTest::negotiate)).hasMessageContaining(REFUSAL);
    assertEncryptedWith(8);
  }

  @Test
  void directlyEncryptedConnectionPassesTheFilterInside() throws Exception {
    user.setProperty("sslmode", "require");
    user.setProperty("sslNegotiation", "direct");
    assertThat(refusalOf(client -> startUp(encrypted(client)))).hasMessageContaining(REFUSAL);
    assertEncryptedWith(0);
  }

  private void assertEncryptedWith(int plainBytes) {
    assertThat(filters).hasSize(1);
    RecordingFilter filter = filters.get(0);
    assertThat(filter.calls()).containsExactly("plain", "encrypted");
    assertThat(filter.onPlain().sent()).hasSize(plainBytes);
    assertThat(textOf(filter.onEncrypted().sent())).contains("alice");
    assertThat(textOf(filter.onEncrypted().received())).contains(REFUSAL);
  }

  @Test
  void usersOwnFactoriesMakeTheSockets() throws Exception {
    user.setProperty("sslmode", "require");
    user.setProperty("socketFactory", CountingFactory.class.getName());
    user.setProperty("socketFactoryArg", "theirs");
    user.setProperty("sslfactory", "org.postgresql.ssl.NonValidatingFactory");
    CountingFactory.ARGUMENTS.clear();
    assertThat(refusalOf(PercredSocketFactoriesTest::negotiate)).hasMessageContaining(REFUSAL);
    assertThat(CountingFactory.ARGUMENTS).containsExactly("theirs");
    assertEncryptedWith(8);
  }

  @Test
  void eachSocketHasItsOwnFilter() throws Exception {
    try (LoopbackServer server = new LoopbackServer(client -> {})) {
      FilterConfiguration configuration = configuration();
      Properties info = withPercred(configuration, true, true);
      SocketFactory factory = new PercredSocketFactory(info);
      InetAddress address = server.address();
      List<Socket> sockets =
          List.of(
              factory.createSocket(),
              factory.createSocket(address, server.port()),
              factory.createSocket(address.getHostAddress(), server.port()),
              factory.createSocket(address, server.port(), address, 0),
              factory.createSocket(address.getHostAddress(), server.port(), address, 0));
      assertThat(filters).hasSize(5);
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void missingRootCertificateIsNamed() throws Exception {
    user.setProperty("sslmode", "verify-ca");
    user.setProperty("sslrootcert", "/nowhere/root.crt");
    assertThat(refusalOf(PercredSocketFactoriesTest::negotiate))
        .hasMessageContaining("/nowhere/root.crt");
  }

  @Test
  void errorOfTheClientsKeyIsShown() throws Exception {
    user.setProperty("sslmode", "require");
    user.setProperty("sslcert", "/nowhere/client.crt");
    user.setProperty("sslkey", "/nowhere/client.pk8");
    Throwable refusal =
        refusalOf(
            client -> {
              DataInputStream in = new DataInputStream(client.getInputStream());
              in.skipNBytes(8);
              client.getOutputStream().write('S');
              SSLSocket tls = encrypted(client);
              tls.setWantClientAuth(true);
              startUp(tls);
            });
    assertThat(refusal).hasMessageContaining("/nowhere/client.");
  }

  @Test
  void wrongCertificateFails() throws Exception {
    user.setProperty("sslmode", "verify-full");
    user.setProperty("sslrootcert", certificate.certificate().toString());
    Throwable refusal = refusalOf("127.0.0.1", PercredSocketFactoriesTest::negotiate, true, true);
    assertThat(refusal).hasMessageContaining("could not be verified");
  }

  @Test
  void socketFactoryWithoutConfigurationRefuses() throws Exception {
    user.setProperty("sslmode", "disable");
    user.setProperty("socketFactory", PercredSocketFactory.class.getName());
    user.setProperty("socketFactoryArg", "guessed");
    Throwable refusal = refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, false);
    assertThat(refusal).rootCause().hasMessageContaining("PERCRED-001");
    assertThat(refusal)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
  }

  @Test
  void sslFactoryWithoutConfigurationRefuses() throws Exception {
    user.setProperty("sslmode", "require");
    user.setProperty("sslfactory", PercredSslSocketFactory.class.getName());
    Throwable refusal = refusalOf("localhost", PercredSocketFactoriesTest::negotiate, true, false);
    assertThat(refusal).hasMessageContaining("PERCRED-248");
    assertThat(new PercredSslSocketFactory(new Properties()).getDefaultCipherSuites()).isEmpty();
    assertThat(new PercredSslSocketFactory(new Properties()).getSupportedCipherSuites()).isEmpty();
  }

  @Test
  void factoriesNamedDirectlyAreConfiguredByTheirArguments() throws Exception {
    nameDirectly("percred.setting=app.x", "percred.setting=app.x");
    for (String mode : new String[] {"disable", "require"}) {
      user.setProperty("sslmode", mode);
      Throwable refusal =
          refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, false);
      assertThat(refusal).hasMessageContaining(REFUSAL);
    }
    assertThat(filters).isEmpty();
  }

  @Test
  void factoriesNamedDirectlyMustAgree() throws Exception {
    nameDirectly("percred.setting=app.x", "percred.setting=app.y");
    assertThat(refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, false))
        .rootCause()
        .hasMessageContaining("PERCRED-248");
    nameDirectly(" ", " ");
    assertThat(refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, false))
        .rootCause()
        .hasMessageContaining("PERCRED-246");
  }

  @Test
  void sslFactoryNamedAloneRefuses() throws Exception {
    user.setProperty("sslmode", "require");
    nameDirectly("percred.setting=app.x", "percred.setting=app.x");
    user.remove("socketFactory");
    assertThat(refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, false))
        .hasMessageContaining("PERCRED-247");
  }

  private void nameDirectly(String sockets, String ssl) {
    user.setProperty(UserFactories.SOCKET_FACTORY, PercredSocketFactory.class.getName());
    user.setProperty(UserFactories.SOCKET_FACTORY_ARG, sockets);
    user.setProperty(UserFactories.SSL_FACTORY, PercredSslSocketFactory.class.getName());
    user.setProperty(UserFactories.SSL_FACTORY_ARG, ssl);
  }

  @Test
  void sslFactoryOverASocketThatIsNotPercredsRefuses() throws Exception {
    user.setProperty("sslmode", "require");
    Throwable refusal = refusalOf("localhost", PercredSocketFactoriesTest::negotiate, false, true);
    assertThat(refusal).hasMessageContaining("its own socketFactory");
  }

  @Test
  void sslFactoryOpensNoConnectionItself() throws Exception {
    FilterConfiguration configuration = configuration();
    PercredSslSocketFactory factory =
        new PercredSslSocketFactory(withPercred(configuration, true, true));
    assertThat(factory.getDefaultCipherSuites()).isNotEmpty();
    assertThat(factory.getSupportedCipherSuites()).isNotEmpty();
    InetAddress address = InetAddress.getLoopbackAddress();
    List<ThrowingCallable> ways =
        List.of(
            factory::createSocket,
            () -> factory.createSocket("localhost", 1),
            () -> factory.createSocket(address, 1),
            () -> factory.createSocket("localhost", 1, address, 0),
            () -> factory.createSocket(address, 1, address, 0));
    for (ThrowingCallable way : ways) {
      assertThat(catchThrowableOfType(IOException.class, way)).isNotNull();
    }
  }

  private Throwable refusalOf(LoopbackServer.Conversation conversation) throws Exception {
    return refusalOf("localhost", conversation, true, true);
  }

  private Throwable refusalOf(
      String host, LoopbackServer.Conversation conversation, boolean sockets, boolean ssl)
      throws Exception {
    FilterConfiguration configuration = configuration();
    try (LoopbackServer server = new LoopbackServer(conversation)) {
      Properties info = withPercred(configuration, sockets, ssl);
      String url = "jdbc:postgresql://" + host + ":" + server.port() + "/db";
      Throwable refusal =
          catchThrowableOfType(SQLException.class, () -> new Driver().connect(url, info));
      assertThat(refusal).isNotNull();
      return refusal;
    } finally {
      Reference.reachabilityFence(configuration);
    }
  }

  private FilterConfiguration configuration() {
    return new FilterConfiguration(
        socket -> {
          RecordingFilter filter = new RecordingFilter();
          filters.add(filter);
          return filter;
        },
        UserFactories.of(user));
  }

  private Properties withPercred(FilterConfiguration configuration, boolean sockets, boolean ssl) {
    String handle = FilterRegistry.register(configuration);
    Properties info = new Properties();
    info.putAll(user);
    info.setProperty("user", "alice");
    info.setProperty("gssEncMode", "disable");
    info.setProperty("loginTimeout", "30");
    if (sockets) {
      info.setProperty(UserFactories.SOCKET_FACTORY, PercredSocketFactory.class.getName());
      info.setProperty(UserFactories.SOCKET_FACTORY_ARG, handle);
    }
    if (ssl) {
      info.setProperty(UserFactories.SSL_FACTORY, PercredSslSocketFactory.class.getName());
      info.setProperty(UserFactories.SSL_FACTORY_ARG, handle);
    }
    return info;
  }

  private static void negotiate(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    int length = in.readInt();
    int code = in.readInt();
    if (code == SSL_REQUEST) {
      client.getOutputStream().write('S');
      startUp(encrypted(client));
    } else {
      in.skipNBytes(length - 8L);
      refuse(client);
    }
  }

  private static SSLSocket encrypted(Socket client) throws IOException {
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true);
    tls.setUseClientMode(false);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"postgresql"});
    tls.setSSLParameters(parameters);
    return tls;
  }

  private static void startUp(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    in.skipNBytes(in.readInt() - 4L);
    refuse(client);
  }

  private static void refuse(Socket client) throws IOException {
    byte[] fields =
        ("SFATAL\0VFATAL\0C53300\0M" + REFUSAL + "\0\0").getBytes(StandardCharsets.UTF_8);
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    out.writeByte('E');
    out.writeInt(4 + fields.length);
    out.write(fields);
    out.flush();
    client.getInputStream().read();
  }

  private static String textOf(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** A user's own factory, with an argument, as pgjdbc makes it. */
  public static final class CountingFactory extends SocketFactory {
    static final List<String> ARGUMENTS = new CopyOnWriteArrayList<>();

    private final String argument;

    /** Called by pgjdbc. */
    public CountingFactory(String argument) {
      this.argument = argument;
    }

    @Override
    public Socket createSocket() {
      ARGUMENTS.add(argument);
      return new Socket();
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
  }
}
