package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.ChildJvm.Ended;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** sqlline with the one jar for PostgreSQL and nothing else beside it. */
class BundleIT {
  private static final String JWT_SECRET = "a-secret-of-at-least-32-characters";

  @TempDir Path directory = Path.of("");

  @Test
  void sqllineSeesTheRowsOfTheTokenInThePasswordField() throws Exception {
    TestDatabase database = TestDatabase.of(PostgresServers.chosen().get(0), getClass());

    Ended alice = sqlline(database, "token-of-alice", "select owner, name from contact;");
    Ended bob = sqlline(database, "token-of-bob", "select owner, name from contact;");

    assertThat(contactsIn(alice))
        .containsExactlyInAnyOrder(
            "'token-of-alice','contact 2'",
            "'token-of-alice','contact 4'",
            "'token-of-alice','contact 6'",
            "'token-of-alice','contact 8'",
            "'token-of-alice','contact 10'");
    assertThat(contactsIn(bob))
        .hasSize(5)
        .allMatch(line -> line.startsWith("'token-of-bob','contact "));
  }

  @Test
  void sqllineIsToldWhatToDoWithoutToken() throws Exception {
    TestDatabase database = TestDatabase.of(PostgresServers.chosen().get(0), getClass());

    Ended nobody = sqlline(database, "", "select owner, name from contact;");

    assertThat(nobody.printed()).contains("PERCRED-101", "28000").doesNotContain("contact 1");
  }

  @Test
  void sqllineIsHeldToTheVerifierInTheBundle() throws Exception {
    TestDatabase database = TestDatabase.of(PostgresServers.chosen().get(0), getClass());
    String token = jwt("alice", JWT_SECRET);
    database.asSuperuser(
        """
        insert into contact values (100, '%s', 'contact of the bearer')
          on conflict (id) do update set owner = excluded.owner
        """
            .formatted(token));

    Ended accepted = sqlline(database, token, "select name from contact;", "percred.verifier=jwt");
    Ended denied =
        sqlline(
            database,
            jwt("alice", "another-secret-of-enough-characters"),
            "select name from contact;",
            "percred.verifier=jwt");

    assertThat(contactsIn(accepted)).containsExactly("'contact of the bearer'");
    assertThat(denied.printed()).contains("PERCRED-", "28000").doesNotContain("contact of");
  }

  /** DriverManager would send the token in the password field to the server. */
  @Test
  void toolThatAsksDriverManagerForAPlainUrlGetsNoConnection() throws Exception {
    ChildJvm tool = new ChildJvm(List.of(new Bundle("postgresql").jar()), directory);
    tool.compile(
        "Tool.java",
        """
        import java.sql.DriverManager;
        import java.sql.SQLException;
        import java.util.Properties;

        public class Tool {
          public static void main(String[] arguments) throws Exception {
            for (String loaded : arguments) {
              Class.forName(loaded).getDeclaredConstructor().newInstance();
            }
            ask();
            // With percred's own use pgjdbc is loaded, and registers itself.
            try {
              DriverManager.getConnection("jdbc:percred:postgresql://127.0.0.1:1/db", "a", "b");
            } catch (SQLException e) {
              System.out.println("percred: " + e.getSQLState());
            }
            ask();
          }

          private static void ask() {
            try {
              DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/db", "app", "a-token");
            } catch (SQLException e) {
              System.out.println("plain: " + e.getMessage());
            }
          }
        }
        """);

    Ended ended = tool.run("Tool", List.of("io.percred.PlainUrlDriver"), Map.of());

    assertThat(ended.printed().lines().filter(line -> line.startsWith("plain: ")))
        .as(ended.printed())
        .hasSize(2)
        .allMatch(line -> line.contains("No suitable driver"));
    assertThat(ended.printed()).contains("percred: 08001");
  }

  private static String jwt(String subject, String secret) throws GeneralSecurityException {
    String signed =
        base64("{\"alg\":\"HS256\"}")
            + "."
            + base64("{\"sub\":\"%s\",\"exp\":%d}".formatted(subject, 4_000_000_000L));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> contactsIn(Ended ended) {
    return ended.printed().lines().filter(line -> line.contains("contact ")).toList();
  }

  private Ended sqlline(TestDatabase database, String token, String sql, String... parameters)
      throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "percred.supplier=password",
                "percred.login.password=env:PERCRED_LOGIN_PASSWORD",
                "percred.jwt.secret=env:PERCRED_JWT_SECRET"));
    all.addAll(List.of(parameters));
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "PERCRED_LOGIN_PASSWORD",
                PostgresServer.APP.password(),
                "PERCRED_JWT_SECRET",
                JWT_SECRET));
    Path authority = database.server().certificateAuthority();
    if (authority == null) {
      environment.put("PERCRED_URL_TRUSTED", "true");
    } else {
      all.addAll(List.of("sslmode=verify-full", "sslrootcert=" + authority));
      environment.put("PERCRED_ALLOWED_HOSTS", "localhost");
      environment.put("PERCRED_ALLOWED_DIRS", String.valueOf(authority.getParent()));
    }
    String url =
        PostgresIT.percredUrl(database.server().url(database.name()), all.toArray(String[]::new));
    return Bundle.sqlline(
        new Bundle("postgresql").besideSqlline(directory),
        new Bundle.Login(url, PostgresServer.APP.user(), token),
        sql,
        environment);
  }
}
