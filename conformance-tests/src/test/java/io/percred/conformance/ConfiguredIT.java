package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.percred.Percred;
import io.percred.runtime.ChosenInCode;
import io.percred.runtime.ConnectionOpener;
import io.percred.runtime.ConnectionRequest;
import io.percred.runtime.RuntimeRegistry;
import io.percred.spi.Credential;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;

/** Tests whose connections say in Properties where tokens come from or who verifies them. */
abstract class ConfiguredIT extends PostgresIT {
  static final String SECRET = "a passphrase of more than thirty-two bytes";

  final MovableClock clock = new MovableClock();

  /**
   * What the database answered to one statement.
   *
   * @param token whom it saw
   * @param backend which of its processes answered
   */
  record Seen(String token, int backend) {}

  /** A connection through the registered driver; names and values alternate. */
  final Connection configured(String... properties) throws SQLException {
    return closing(DriverManager.getConnection(url(), login(properties)));
  }

  /** A connection of the same driver, whose time is the test's. */
  final Connection configuredInTime(String... properties) throws SQLException {
    RuntimeRegistry registry = closing(new RuntimeRegistry());
    return closing(
        new ConnectionOpener(registry, clock)
            .open(new ConnectionRequest(url(), login(properties), ChosenInCode.NOTHING)));
  }

  /** The login of the application with these properties beside it. */
  static Properties login(String... properties) {
    Properties login = appLogin();
    for (int i = 0; i < properties.length; i += 2) {
      login.setProperty(properties[i], properties[i + 1]);
    }
    return login;
  }

  /** Asks, on behalf of a caller and in one statement, whom the database sees and where. */
  static Seen seen(Connection connection, Credential caller) throws Exception {
    return as(caller, () -> seen(connection));
  }

  /** Asks in one statement whom the database sees and where. */
  static Seen seen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('app.api_token', true), pg_backend_pid()")) {
      assertThat(row.next()).isTrue();
      return new Seen(row.getString(1), row.getInt(2));
    }
  }

  /**
   * Asserts that a caller's transaction is refused, and that nothing of it reached the database.
   */
  final SQLException refused(Connection connection, Credential caller, String sqlState, String code)
      throws Exception {
    SQLException refused = as(caller, () -> failure(() -> insert(connection, "refused")));
    assertThat(refused.getSQLState()).as(refused.getMessage()).isEqualTo(sqlState);
    assertThat(Percred.codeOf(refused)).isEqualTo(code);
    assertThat(refused.getMessage()).doesNotContain(caller.token());
    assertThat(entries()).noneMatch(entry -> entry.startsWith("refused:"));
    return refused;
  }

  /** Asserts that the caller's token is denied. */
  final SQLException denied(Connection connection, Credential caller) throws Exception {
    return refused(connection, caller, "28000", "PERCRED-111");
  }

  /** Asserts that nobody can tell whether the caller's token is good, and says how it was said. */
  final String unavailable(Connection connection, Credential caller) throws Exception {
    return String.valueOf(refused(connection, caller, "58000", "PERCRED-121").getMessage());
  }

  /** A token signed with a passphrase. */
  static Credential signed(String secret, String audience, Instant expiry) throws Exception {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject("alice")
                .audience(audience)
                .expirationTime(Date.from(expiry))
                .build());
    token.sign(new MACSigner(secret));
    return Credential.of(token.serialize());
  }
}
