package io.percred.conformance;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The public API of the demo's second scene, in the database of a test class. Its functions and
 * policies are what people write for PostgREST.
 *
 * @param database where it lies
 */
record PublicApi(TestDatabase database) {
  static final Login AUTHENTICATOR = new Login("authenticator", "authenticator-password");
  static final String JWT_SECRET = "a passphrase of more than thirty-two bytes";
  static final String PROXY_SECRET = "a secret of the proxy";
  private static final Set<PublicApi> MADE = ConcurrentHashMap.newKeySet();

  /** Makes it, unless that was done before. */
  static PublicApi in(TestDatabase database) throws IOException, SQLException {
    PublicApi api = new PublicApi(database);
    if (MADE.add(api)) {
      createRoles(database.server());
      database.asSuperuser("drop table contact");
      try (Connection owner = database.connect(PostgresServer.OWNER);
          Statement statement = owner.createStatement()) {
        statement.execute(script("public-api.sql"));
        statement.execute(
            "insert into private.secret values ('jwt', '%s'), ('proxy', '%s')"
                .formatted(JWT_SECRET, PROXY_SECRET));
      }
    }
    return api;
  }

  /** Roles belong to the server, where another test class may have made them. */
  static void createRoles(PostgresServer server) throws IOException, SQLException {
    server.execute(
        "postgres",
        "do $roles$ begin "
            + script("public-api-roles.sql")
            + " exception when duplicate_object then null; end $roles$");
  }

  private static String script(String name) throws IOException {
    return Files.readString(Pages.PROJECT.resolve("demo/src/main/resources").resolve(name));
  }

  /** A token that the database itself minted. */
  Credential mint(String employee) throws SQLException {
    return Credential.of(database.value("select private.mint_token('" + employee + "')"));
  }

  /** A token of a person, as a login server signs it. */
  Credential login(String employee) throws SQLException {
    return Credential.of(
        database.value(
            """
            select private.sign(json_build_object('role', 'authenticated', 'sub',
              (select id from employee where name = '%s')))
            """
                .formatted(employee)));
  }

  /** Makes a token invalid. */
  void revoke(Credential token) throws SQLException {
    String payload = token.token().split("\\.", -1)[1];
    String claims =
        new String(
            java.util.Base64.getUrlDecoder().decode(payload),
            java.nio.charset.StandardCharsets.UTF_8);
    String tid = claims.replaceAll(".*\"tid\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    database.asSuperuser("delete from private.api_token where tid = '" + tid + "'");
  }

  /** A caller whose request came through the proxy, or through nothing. */
  static Caller through(@Nullable String proxySecret, Credential credential) {
    Map<String, String> headers =
        proxySecret == null ? Map.of() : Map.of("X-Proxy-Secret", proxySecret);
    return new Caller(
        credential, Map.of(), new Request("GET", "/contact", headers, Map.of("theme", "dark")));
  }

  /** How the application logs in, and who checks tokens. */
  static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", AUTHENTICATOR.user());
    properties.setProperty("password", AUTHENTICATOR.password());
    properties.setProperty("percred.mode", "claims");
    properties.setProperty("percred.verifier", "jwt");
    properties.setProperty("percred.jwt.secret", JWT_SECRET);
    return properties;
  }
}
