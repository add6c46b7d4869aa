package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.Percred;
import io.percred.configuration.UrlRules;
import io.percred.rig.PostgresServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs that a stranger typed into somebody else's server, which has secrets of its own. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class StrangersUrlIT extends PostgresIT {
  private static final String COMMANDS = "PERCRED_ALLOWED_COMMANDS";

  @TempDir Path directory;
  private Path secret;

  @BeforeEach
  void giveTheMachineSecretsAndAllowances() throws IOException {
    secret = Files.writeString(directory.resolve("secret"), PostgresServer.APP.password());
    if (server.certificateAuthority() != null) {
      Files.copy(server.certificateAuthority(), directory.resolve("root.crt"));
    }
    System.setProperty(UrlRules.ALLOWED_DIRECTORIES, directory.toString());
  }

  @AfterEach
  void allowNothing() {
    System.clearProperty(UrlRules.ALLOWED_DIRECTORIES);
    System.clearProperty(UrlRules.ALLOWED_HOSTS);
    System.clearProperty(UrlRules.ALLOWED_CLASSES);
    System.clearProperty(COMMANDS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "&sslmode=disable", "&sslmode=prefer", "&ssl=false", "&requireAuth=password"})
  void passwordOfTheMachineNeverGoesToTheStrangersHost(String more) throws Exception {
    Impostor impostor = closing(new Impostor());
    assertCode(
        "PERCRED-019", () -> open(impostor.url() + "?" + loginPassword() + more, typed("token")));
    System.setProperty(UrlRules.ALLOWED_HOSTS, "db.example");
    assertCode(
        "PERCRED-019", () -> open(impostor.url() + "?" + loginPassword() + more, typed("token")));
    Properties administrators = typed("token");
    administrators.setProperty("percred.login.password", PostgresServer.APP.password());
    assertCode(
        "PERCRED-019",
        () -> open(impostor.url() + "?percred.supplier=password" + more, administrators));
    assertThat(impostor.heard()).isEmpty();
  }

  @Test
  void hostElsewhereInTheUrlIsTheOneThatCounts() throws Exception {
    Impostor impostor = closing(new Impostor());
    System.setProperty(UrlRules.ALLOWED_HOSTS, "db.example,db.example:5432");
    for (String elsewhere :
        List.of(
            "PGHOST=localhost&PGPORT=" + impostor.port(),
            "host=localhost&port=" + impostor.port(),
            "PGHOST=db.example,localhost&PGPORT=5432," + impostor.port())) {
      assertCode(
          "PERCRED-019",
          () ->
              open(
                  "jdbc:percred:postgresql://db.example/x?" + loginPassword() + '&' + elsewhere,
                  typed("token")));
    }
    assertThat(impostor.heard()).isEmpty();
  }

  @Test
  void allowedHostGetsThePasswordOverVerifiedTlsOnly() throws Exception {
    assumeTrue(server.certificateAuthority() != null, "the rig does not know the server's CA");
    System.setProperty(UrlRules.ALLOWED_HOSTS, "localhost:" + server.port());
    for (String loose : List.of("", "&sslmode=require", "&sslmode=verify-ca" + root())) {
      assertCode("PERCRED-020", () -> open(url(loginPassword()) + loose, typed("token")));
    }
    assertCode(
        "PERCRED-020",
        () -> open(url(loginPassword()) + verified() + "&requireAuth=md5", typed("token")));
    Connection connection = open(url(loginPassword()) + verified(), typed("token-of-alice"));
    assertThat(who(connection)).isEqualTo("token-of-alice");
  }

  @Test
  void allowedHostThatAsksForThePasswordInClearDoesNotGetIt() throws Exception {
    Impostor impostor = closing(new Impostor());
    System.setProperty(UrlRules.ALLOWED_HOSTS, "localhost");
    SQLException failed =
        failure(
            () ->
                open(
                    impostor.url() + "?" + loginPassword() + "&sslmode=verify-full",
                    typed("token")));
    assertThat(failed.getMessage()).doesNotContain(PostgresServer.APP.password());
    assertThat(impostor.heard()).doesNotContain(PostgresServer.APP.password());
  }

  @Test
  void programThatTheUrlNamesRunsOnlyIfItIsListedAndForAllowedHosts() throws Exception {
    assumeTrue(server.certificateAuthority() != null, "the rig does not know the server's CA");
    String url = url("percred.supplier=command:/bin/echo%20token-of-the-url") + verified();
    System.setProperty(COMMANDS, "/bin/cat, /bin/echo");
    assertCode("PERCRED-019", () -> open(url, appLogin()));
    System.setProperty(UrlRules.ALLOWED_HOSTS, "localhost");
    System.setProperty(COMMANDS, "/bin/cat, /bin/false");
    assertCode("PERCRED-504", () -> open(url, appLogin()));
    System.setProperty(COMMANDS, "/bin/cat, /bin/echo");
    assertThat(who(open(url, appLogin()))).isEqualTo("token-of-the-url");
  }

  @Test
  void verifierIsToldTheHostThatIsConnectedTo() throws Exception {
    List<String> told = new CopyOnWriteArrayList<>();
    io.percred.PercredDataSource source = closing(new io.percred.PercredDataSource());
    source.setUrl(
        "jdbc:percred:postgresql://db.example:1/x?percred.setting=app.api_token&PGHOST=localhost"
            + "&port="
            + server.port()
            + "&dbname="
            + database.name());
    source.setProperties(appLogin());
    source.setCredentialVerifier(
        (credential, target) -> {
          told.add(target.url());
          return new io.percred.spi.Verdict.Accepted(credential);
        });
    Connection connection = closing(source.getConnection());
    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    assertThat(told)
        .containsOnly("jdbc:postgresql://localhost:" + server.port() + "/" + database.name());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socketFactory=java.lang.String",
        "sslfactory=org.postgresql.ssl.NonValidatingFactory",
        "authenticationPluginClassName=java.lang.String",
        "connectExecutor=java.lang.String",
        "sslhostnameverifier=java.lang.String",
        "sslpasswordcallback=java.lang.String",
        "xmlFactoryFactory=java.lang.String",
        "jaasApplicationName=other",
        "loggerFile=/tmp/percred-never",
        "sslcert=/etc/hostname",
        "sslkey=/etc/hostname",
        "sslrootcert=/etc/hostname",
        "localSocketAddress=127.0.0.1",
        "socketFactoryArg=x",
        "sslfactoryarg=file:/etc/hostname",
        "service=percred-none",
        "options=-c%20role=shop_owner",
        "options=-crole%3Dshop_owner",
        "options=--session-authorization=shop_owner",
        "nobodyKnowsThis=1",
        "%73ocketFactory=java.lang.String"
      })
  void parameterThatNamesClassFileHostOrIdentityIsRefused(String parameter) {
    assertCode("PERCRED-003", () -> open(url(parameter), appLogin()));
    assertCode(
        "PERCRED-003",
        () ->
            new io.percred.PlainUrlDriver()
                .connect(
                    server.url(database.name()) + "?percred.setting=app.api_token&" + parameter,
                    appLogin()));
  }

  @Test
  void plainParametersAreAsBefore() throws Exception {
    Connection connection =
        open(
            url(
                "sslmode=prefer",
                "currentSchema=public",
                "ApplicationName=shop",
                "prepareThreshold=3",
                "reWriteBatchedInserts=true",
                "connectTimeout=10",
                "options=-c%20statement_timeout=5min",
                "targetServerType=any"),
            appLogin());
    assertThat(as(ALICE, () -> ask(connection, "show application_name"))).isEqualTo("shop");
    assertThat(as(ALICE, () -> ask(connection, "show statement_timeout"))).isEqualTo("5min");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "percred.verifier=none",
        "percred.claims.unverified=true",
        "percred.verifier=none&percred.claims.unverified=true",
        "percred.jwt.jwks=https://auth.example/jwks",
        "percred.jwt.secret=env:PERCRED_X",
        "percred.jwt.leeway=5m",
        "percred.on-missing=service",
        "percred.on-missing=shared",
        "percred.on-missing=anonymous",
        "percred.allowed-roles=boss",
        "percred.allowed-roles=web,boss",
        "percred.allowed-roles=/.*/",
        "percred.role-claim=other",
        "percred.guard=off",
        "percred.supplier=password",
        "percred.mode=setting",
        "percred.url.trusted=true",
        "%70ercred.guard=off",
        "sslmode=disable",
        "user=boss",
        "percred.supplier=property:sslmode"
      })
  void whatIsFixedIsNotWeakened(String weaker) {
    Properties fixed = appLogin();
    fixed.setProperty("percred.mode", "claims");
    fixed.setProperty("percred.verifier", "jwt");
    fixed.setProperty("percred.jwt.secret", "a-secret-of-thirty-two-bytes-or-more");
    fixed.setProperty("percred.guard", "on");
    fixed.setProperty("percred.supplier", "context");
    fixed.setProperty("percred.allowed-roles", "web");
    fixed.setProperty("sslmode", "verify-full");
    String url = "jdbc:percred:" + server.url(database.name()).substring("jdbc:".length()) + "?";
    assertCode("PERCRED-003", () -> open(url + weaker, fixed));
  }

  private static void assertCode(String code, Action action) {
    SQLException refused = failure(action::run);
    assertThat(Percred.codeOf(refused)).as(refused.getMessage()).isEqualTo(code);
    assertThat(refused.getSQLState()).isEqualTo("22023");
  }

  private Connection open(String url, Properties properties) throws SQLException {
    return closing(DriverManager.getConnection(url, properties));
  }

  private String loginPassword() {
    return "percred.supplier=password&percred.login.password=file:" + secret;
  }

  private String root() {
    return "&sslrootcert=" + directory.resolve("root.crt");
  }

  private String verified() {
    return "&sslmode=verify-full" + root();
  }

  private static Properties typed(String token) {
    Properties typed = new Properties();
    typed.setProperty("user", PostgresServer.APP.user());
    typed.setProperty("password", token);
    return typed;
  }

  /** A server that has no TLS, asks for the password in clear and remembers what it hears. */
  private static final class Impostor implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;

    private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getByName("localhost"));
    private final List<String> heard = new CopyOnWriteArrayList<>();

    Impostor() throws IOException {
      Thread thread = new Thread(this::serve, "impostor");
      thread.setDaemon(true);
      thread.start();
    }

    String heard() {
      return String.join("", heard);
    }

    int port() {
      return socket.getLocalPort();
    }

    String url() {
      return "jdbc:percred:postgresql://localhost:" + port() + "/x";
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          answer(client);
        } catch (IOException e) {
          // The client went away, or the test is over.
        }
      }
    }

    private void answer(Socket client) throws IOException {
      DataInputStream in = new DataInputStream(client.getInputStream());
      int length = in.readInt();
      byte[] first = in.readNBytes(length - 4);
      if (length == 8 && java.nio.ByteBuffer.wrap(first).getInt() == SSL_REQUEST) {
        client.getOutputStream().write('N');
        length = in.readInt();
        first = in.readNBytes(length - 4);
      }
      heard.add(new String(first, StandardCharsets.ISO_8859_1));
      client.getOutputStream().write(new byte[] {'R', 0, 0, 0, 8, 0, 0, 0, 3});
      in.readByte();
      heard.add(new String(in.readNBytes(in.readInt() - 4), StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
