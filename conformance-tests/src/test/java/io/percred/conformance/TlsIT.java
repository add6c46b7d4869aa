package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS in every mode, and the user's own socket factories, which percred wraps. */
@ExtendWith(TrustedUrls.class)
class TlsIT extends PostgresIT {
  private static final String ENCRYPTED =
      "select ssl || ' ' || current_setting('app.api_token', true) from pg_stat_ssl"
          + " where pid = pg_backend_pid()";

  @BeforeEach
  void needsTheServersAuthority() {
    assumeTrue(server.certificateAuthority() != null, "the rig does not know the server's CA");
  }

  @ParameterizedTest
  @CsvSource({
    "disable,false",
    "allow,false",
    "prefer,true",
    "require,true",
    "verify-ca,true",
    "verify-full,true"
  })
  void everySslmode(String mode, boolean encrypted) throws Exception {
    Connection connection = connect("sslmode=" + mode, rootCertificate());

    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED)))
        .isEqualTo(encrypted + " " + ALICE.token());
    Tour.take(connection);
    assertThat(connection.isValid(5)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require", "verify-ca", "verify-full"})
  void loginThatTheServerTakesOverTlsOnly(String mode) throws Exception {
    Connection connection =
        connectAs(PostgresServer.TLS_ONLY, "sslmode=" + mode, rootCertificate());

    assertThat(as(BOB, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + BOB.token());
  }

  @Test
  void serverThatRefusesPlainConnectionsStillDoes() {
    assertFails("28000", () -> connectAs(PostgresServer.TLS_ONLY, "sslmode=disable"));
  }

  @Test
  void serverUnderAnotherNameIsNotTrusted() throws Exception {
    String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database.name();

    Connection connection =
        closing(
            DriverManager.getConnection(
                percredUrl(url, "sslmode=verify-ca", rootCertificate()), appLogin()));
    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + ALICE.token());

    SQLException refused =
        failure(
            () ->
                DriverManager.getConnection(
                    percredUrl(url, "sslmode=verify-full", rootCertificate()), appLogin()));
    assertThat(refused.getSQLState()).startsWith("08");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verify-ca", "verify-full"})
  void serverOfAnUnknownAuthorityIsNotTrusted(String mode) {
    SQLException refused =
        failure(
            () ->
                connect("sslmode=" + mode, "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory"));

    assertThat(refused.getSQLState()).startsWith("08");
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-full"})
  void channelIsBoundToTheCertificate(String mode) throws Exception {
    Connection connection = connect("sslmode=" + mode, rootCertificate(), "channelBinding=require");

    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + ALICE.token());
  }

  @Test
  void channelBindingWithoutTlsIsRefused() {
    failure(() -> connect("sslmode=disable", "channelBinding=require"));
  }

  @Test
  void tlsWithoutNegotiation() throws Exception {
    assumeTrue(server.majorVersion() >= 17, "direct TLS came with PostgreSQL 17");
    Connection connection =
        connect("sslmode=verify-full", rootCertificate(), "sslNegotiation=direct");

    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + ALICE.token());
    Tour.take(connection);
  }

  @Test
  void tlsWithoutNegotiationWithChannelBinding() throws Exception {
    assumeTrue(server.majorVersion() >= 17, "direct TLS came with PostgreSQL 17");
    Connection connection =
        connect(
            "sslmode=verify-full",
            rootCertificate(),
            "sslNegotiation=direct",
            "channelBinding=require");

    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + ALICE.token());
  }

  @Test
  void usersOwnSslFactoryIsWrapped() throws Exception {
    int before = CountingSslFactory.made();
    Connection connection =
        connect(
            "sslmode=require",
            "sslfactory=" + CountingSslFactory.class.getName(),
            "sslfactoryarg=the-argument");

    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED))).isEqualTo("true " + ALICE.token());
    assertThat(CountingSslFactory.made()).isGreaterThan(before);
    assertThat(CountingSslFactory.lastArgument()).isEqualTo("the-argument");
  }

  @Test
  void usersOwnSocketFactoryIsWrapped() throws Exception {
    for (String mode : new String[] {"disable", "verify-full"}) {
      int before = CountingSocketFactory.made();
      Connection connection =
          connect(
              "sslmode=" + mode,
              rootCertificate(),
              "socketFactory=" + CountingSocketFactory.class.getName(),
              "socketFactoryArg=the-argument");

      assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
      assertThat(CountingSocketFactory.made()).isGreaterThan(before);
      assertThat(CountingSocketFactory.lastArgument()).isEqualTo("the-argument");
    }
  }

  @Test
  void encryptionOutOfReachIsRefused() {
    assertFails("22023", () -> connect("gssEncMode=require"));
  }

  private Connection connectAs(Login login, String... parameters) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", login.user());
    properties.setProperty("password", login.password());
    return closing(DriverManager.getConnection(url(parameters), properties));
  }

  private String rootCertificate() {
    Path authority = Objects.requireNonNull(server.certificateAuthority());
    return "sslrootcert=" + authority;
  }
}
