package io.percred.demo;

import io.percred.rig.PostgresServer;
import io.percred.spi.Credential;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The database of a public API, as its owner runs it: mints tokens and revokes them.
 *
 * @param owner a connection without percred
 */
record PublicApi(Connection owner) implements AutoCloseable {
  static final String PROXY_SECRET = "what only the proxy knows";
  private static final String DATABASE = "public_api";
  private static final String JWT_SECRET = "a passphrase of more than thirty-two bytes";

  /** Makes the database on a server that has none yet. */
  static PublicApi on(PostgresServer server) throws IOException, SQLException {
    server.execute("postgres", script("/public-api-roles.sql"));
    server.execute(
        "postgres", "create database " + DATABASE + " owner " + PostgresServer.OWNER.user());
    server.execute(DATABASE, "grant create on schema public to " + PostgresServer.OWNER.user());
    Connection owner = server.connect(DATABASE, PostgresServer.OWNER);
    try (Statement statement = owner.createStatement()) {
      statement.execute(script("/public-api.sql"));
      statement.execute(
          "insert into private.secret values ('jwt', '%s'), ('proxy', '%s')"
              .formatted(JWT_SECRET, PROXY_SECRET));
    }
    return new PublicApi(owner);
  }

  private static String script(String name) throws IOException {
    try (InputStream script = PublicApi.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IOException(name + " is missing");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A connection as an application has it: percred verifies, and the database validates. */
  static Connection connect(PostgresServer server) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "authenticator");
    properties.setProperty("password", "authenticator-password");
    properties.setProperty("percred.mode", "claims");
    properties.setProperty("percred.verifier", "jwt");
    properties.setProperty("percred.jwt.secret", JWT_SECRET);
    properties.setProperty("percred.pre-request", "private.validate_token");
    return DriverManager.getConnection(
        server.url(DATABASE).replaceFirst("^jdbc:", "jdbc:percred:"), properties);
  }

  /** A token for a program of an employee's, minted and signed in SQL. */
  Credential mint(String employee) throws SQLException {
    return token("select private.mint_token(?)", employee);
  }

  /** A token for the employee, as a login server signs it. */
  Credential login(String employee) throws SQLException {
    return token(
        "select private.sign(json_build_object('role', 'authenticated', 'sub', id))"
            + " from employee where name = ?",
        employee);
  }

  private Credential token(String query, String employee) throws SQLException {
    try (PreparedStatement statement = owner.prepareStatement(query)) {
      statement.setString(1, employee);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Credential.of(row.getString(1));
      }
    }
  }

  /** Revokes every token of an employee's programs. */
  void revoke(String employee) throws SQLException {
    try (PreparedStatement statement =
        owner.prepareStatement(
            "delete from private.api_token where employee_id ="
                + " (select id from employee where name = ?)")) {
      statement.setString(1, employee);
      statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    owner.close();
  }
}
