package io.percred.postgres.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

class LoginPropertiesTest {
  private static final String URL = "jdbc:postgresql://host/db";
  private static final LoginRules RULES = new LoginRules(null, false, false);
  private static final Credential TOKEN = Credential.of("the+token/=", "alice");

  private final Properties user = new Properties();

  @Test
  void tokenIsThePasswordAndTheUrlHoldsNothing() throws SQLException {
    user.setProperty("user", "app");
    user.setProperty("password", "the application's own");
    LoginProperties login =
        read(URL + "?sslmode=verify-full&password=another&ApplicationName=shop%20floor", RULES);

    Properties callers = login.of("alice", TOKEN);
    assertThat(login.url()).isEqualTo(URL);
    assertThat(callers)
        .containsEntry("user", "alice")
        .containsEntry("password", "the+token/=")
        .containsEntry("sslmode", "verify-full")
        .containsEntry("ApplicationName", "shop floor")
        .containsEntry("gssEncMode", "disable");
    assertThat(login.ofStaticLogin())
        .containsEntry("user", "app")
        .containsEntry("password", "another");
    assertThat(login.of("bob", TOKEN)).isNotSameAs(callers);
    assertThat(user).as("the caller's own").hasSize(2);
    assertThat(login).asString().doesNotContain("another", "token");
  }

  @Test
  void serverMustLookAtTheToken() throws SQLException {
    LoginProperties login = read(URL + "?sslmode=require&user=app", RULES);
    assertThat(login.of("alice", TOKEN).getProperty("requireAuth"))
        .startsWith("password,md5,scram-sha-256")
        .doesNotContain("none");
    assertThat(login.ofStaticLogin()).doesNotContainKey("requireAuth");

    LoginProperties own = read(URL + "?sslmode=require&user=app&requireAuth=password", RULES);
    assertThat(own.of("alice", TOKEN)).containsEntry("requireAuth", "password");
  }

  @Test
  void driversOauthTokenIsSetIfTheDriverHasIt() throws SQLException {
    boolean known = PGProperty.forName("oauthToken") != null;
    LoginProperties login = read(URL + "?sslmode=require&user=app", RULES);
    assertThat(login.of("alice", TOKEN).containsKey("oauthToken")).isEqualTo(known);
    assertThat(login.of("alice", TOKEN).getProperty("requireAuth").contains("oauth"))
        .isEqualTo(known);
  }

  @Test
  void loginIsBoundedAndTheSessionAsLongAsItsOwnerLikes() throws SQLException {
    LoginProperties unset = read(URL + "?sslmode=require&user=app", RULES);
    assertThat(unset.of("alice", TOKEN))
        .containsEntry("socketTimeout", "30")
        .containsEntry("connectTimeout", "10");
    assertThat(unset.socketTimeoutMillis()).isZero();

    LoginProperties set =
        read(URL + "?sslmode=require&user=app&socketTimeout=20&connectTimeout=3", RULES);
    assertThat(set.of("alice", TOKEN))
        .containsEntry("socketTimeout", "20")
        .containsEntry("connectTimeout", "3");
    assertThat(set.socketTimeoutMillis()).isEqualTo(20_000);

    LoginProperties longer = read(URL + "?sslmode=require&user=app&socketTimeout=600", RULES);
    assertThat(longer.of("alice", TOKEN)).containsEntry("socketTimeout", "30");
    assertThat(longer.socketTimeoutMillis()).isEqualTo(600_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "ssl", "ssl=true"})
  void tlsThatIsInsistedOn(String parameter) throws SQLException {
    assertThat(read(URL + "?user=app&" + parameter, RULES).user()).isEqualTo("app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "sslmode=prefer", "sslmode=allow", "ssl=false", "sslNegotiation=direct"})
  void tlsThatIsNot(String parameter) throws SQLException {
    String url = URL + "?user=app&" + parameter;
    assertThat(code(() -> read(url, RULES))).isEqualTo("PERCRED-232");
    assertThat(read(url, new LoginRules(null, true, false)).user()).isEqualTo("app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authenticationPluginClassName=x.Y",
        "replication=database",
        "gssEncMode=require",
        "socketTimeout=soon"
      })
  void propertyThatCannotBeUsed(String parameter) {
    assertThat(code(() -> read(URL + "?sslmode=require&user=app&" + parameter, RULES)))
        .isEqualTo("PERCRED-236");
  }

  @Test
  void somebodyMustBeNamed() throws SQLException {
    String url = URL + "?sslmode=require";
    assertThat(code(() -> read(url, RULES))).isEqualTo("PERCRED-233");
    assertThat(read(url, new LoginRules("role", false, false)).user()).isNull();
  }

  @Test
  void serviceFileIsReadAsPgjdbcReadsIt(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pg_service.conf");
    Files.writeString(file, "[shop]\nuser=from_file\nsslmode=verify-full\nhost=db.example\n");
    String before = System.setProperty("org.postgresql.pgservicefile", file.toString());
    try {
      LoginProperties login = read("jdbc:postgresql:///?service=shop", RULES);
      assertThat(login.user()).isEqualTo("from_file");
      Properties seen = Driver.parseURL(login.address(), login.of("alice", TOKEN));
      assertThat(seen.getProperty("user")).as("the caller comes first").isEqualTo("alice");
      assertThat(seen.getProperty("sslmode")).isEqualTo("verify-full");
      assertThat(seen.getProperty("PGHOST")).isEqualTo("db.example");
    } finally {
      if (before == null) {
        System.clearProperty("org.postgresql.pgservicefile");
      } else {
        System.setProperty("org.postgresql.pgservicefile", before);
      }
    }
  }

  @Test
  void justInTimeAccessIsAskedForBehindTheUsersOwnOptions() throws SQLException {
    LoginRules jit = new LoginRules(null, false, true);
    String url = URL + "?sslmode=require&user=app";
    assertThat(read(url, jit).of("alice", TOKEN)).containsEntry("options", "--jit=true");
    assertThat(read(url + "&options=-c%20a.b%3D1", jit).of("alice", TOKEN))
        .containsEntry("options", "-c a.b=1 --jit=true");
    assertThat(read(url, RULES).of("alice", TOKEN)).doesNotContainKey("options");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:postgresql://host:x/db?user=a&sslmode=require", URL + "?user=%zz"})
  void urlThatCannotBeRead(String url) {
    assertThat(code(() -> read(url, RULES))).isEqualTo("PERCRED-237");
  }

  private LoginProperties read(String url, LoginRules rules) throws SQLException {
    return LoginProperties.of(url, user, rules, Duration.ofSeconds(30));
  }

  private static String code(Reading reading) {
    SQLException failure = catchThrowableOfType(SQLException.class, reading::run);
    assertThat(failure.getSQLState()).isEqualTo("22023");
    return String.valueOf(PercredError.stableCodeOf(failure));
  }

  /** Reads what cannot be read. */
  private interface Reading {
    void run() throws SQLException;
  }
}
