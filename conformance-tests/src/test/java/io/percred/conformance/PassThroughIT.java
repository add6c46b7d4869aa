package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.postgres.wire.FilterHold;
import io.percred.rig.PostgresServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/** Whatever is not percred's reaches the vendor's driver and the server unchanged. */
class PassThroughIT extends PostgresIT {
  @ParameterizedTest
  @ValueSource(strings = {"any", "primary", "preferPrimary", "preferSecondary"})
  void laterHostIsTakenWhenTheFirstIsDown(String target) throws Exception {
    Connection connection =
        closing(
            DriverManager.getConnection(
                percredUrl(severalHosts(), "targetServerType=" + target, "connectTimeout=5"),
                appLogin()));

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void noHostIsTakenWhenNoneIsWhatWasAskedFor() {
    SQLException refused =
        failure(
            () ->
                DriverManager.getConnection(
                    percredUrl(severalHosts(), "targetServerType=secondary", "connectTimeout=5"),
                    appLogin()));

    assertThat(refused.getSQLState()).startsWith("08");
  }

  @Test
  void hostsMayBeBalanced() throws Exception {
    for (int i = 0; i < 4; i++) {
      Connection connection =
          closing(
              DriverManager.getConnection(
                  percredUrl(severalHosts(), "loadBalanceHosts=true", "connectTimeout=5"),
                  appLogin()));
      assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    }
  }

  @Test
  void loginTimeoutOpensTheConnectionOnAnotherThread() throws Exception {
    Connection connection = connect("loginTimeout=10");

    assertThat(as(ALICE, () -> who(connection))).isEqualTo(ALICE.token());
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @Test
  void connectionOpenedByACallerIsNotTheirs() throws Exception {
    for (String parameter : new String[] {"loginTimeout=10", "loginTimeout=0"}) {
      Connection connection = as(ALICE, () -> connect(parameter));

      assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
      assertRefused(() -> who(connection));
    }
  }

  @Test
  void serverOptionsArePassedOn() throws Exception {
    Connection connection =
        connect("options=-c%20statement_timeout=12345%20-c%20app.api_token=at-start");

    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "select current_setting('statement_timeout')"))
              .isEqualTo("12345ms");
          assertThat(who(connection)).isEqualTo(ALICE.token());
        });
  }

  @Test
  void currentSchemaIsPassedOn() throws Exception {
    database.asSuperuser("create schema if not exists \"Other Schema\"");
    Connection connection = connect("currentSchema=%22Other%20Schema%22,public");

    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "show search_path")).isEqualTo("\"Other Schema\",public");
          assertThat(who(connection)).isEqualTo(ALICE.token());
        });
  }

  @Test
  void connectionPropertiesArePassedOn() throws Exception {
    Properties properties = appLogin();
    properties.setProperty("ApplicationName", "percred's test");
    properties.setProperty("defaultRowFetchSize", "17");
    properties.setProperty("percred.on-missing", "shared");
    Properties before = new Properties();
    before.putAll(properties);
    Connection connection = closing(DriverManager.getConnection(url(), properties));

    assertThat(properties).isEqualTo(before);
    try (var statement = connection.createStatement()) {
      assertThat(statement.getFetchSize()).isEqualTo(17);
    }
    assertThat(ask(connection, "show application_name")).isEqualTo("percred's test");
    assertThat(who(connection)).isEmpty();
  }

  @Test
  void readOnlyConnectionsAreBound() throws Exception {
    Connection connection = connect("readOnly=true", "readOnlyMode=always");

    as(
        ALICE,
        () -> {
          assertThat(who(connection)).isEqualTo(ALICE.token());
          assertFails("25006", () -> insert(connection, "impossible"));
        });
    connection.setReadOnly(false);
    as(BOB, () -> insert(connection, "possible"));
    assertThat(entries()).containsExactly("possible:token-of-bob");
  }

  @Test
  void onlyThePlaceOfTheFilterIsAddedToTheParametersOfTheServer() throws Exception {
    Map<String, String> plain = connectPlainly().unwrap(PGConnection.class).getParameterStatuses();
    Map<String, String> percreds =
        new HashMap<>(connect().unwrap(PGConnection.class).getParameterStatuses());

    assertThat(percreds.remove(FilterHold.PARAMETER)).matches("[0-9a-f]{32}");
    assertThat(percreds).isEqualTo(plain);
  }

  @Test
  void userMayBeNamedReplication() throws Exception {
    Properties properties = new Properties();
    properties.setProperty("user", PostgresServer.NAMED_REPLICATION.user());
    properties.setProperty("password", PostgresServer.NAMED_REPLICATION.password());
    Connection connection = closing(DriverManager.getConnection(url(), properties));

    as(
        ALICE,
        () -> {
          assertThat(ask(connection, "select current_user")).isEqualTo("replication");
          assertThat(who(connection)).isEqualTo(ALICE.token());
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "database"})
  void replicationConnectionsAreRefused(String mode) {
    Properties properties = appLogin();
    PGProperty.REPLICATION.set(properties, mode);
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.4");
    PGProperty.PREFER_QUERY_MODE.set(properties, "simple");

    assertFails("22023", () -> DriverManager.getConnection(url(), properties));
  }

  @Test
  void wrongPasswordIsTheServersError() {
    Properties properties = appLogin();
    properties.setProperty("password", "wrong");

    assertFails("28P01", () -> DriverManager.getConnection(url(), properties));
  }

  @Test
  void unknownDatabaseIsTheServersError() {
    assertFails(
        "3D000", () -> DriverManager.getConnection(percredUrl(server.url("nowhere")), appLogin()));
  }

  @Test
  void serverThatIsDownIsTheDriversError() throws Exception {
    String url = "jdbc:postgresql://localhost:" + unusedPort() + "/x";

    assertFails("08001", () -> DriverManager.getConnection(percredUrl(url), appLogin()));
  }

  private String severalHosts() throws Exception {
    return "jdbc:postgresql://localhost:"
        + unusedPort()
        + ",localhost:"
        + server.port()
        + "/"
        + database.name();
  }

  private static int unusedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
