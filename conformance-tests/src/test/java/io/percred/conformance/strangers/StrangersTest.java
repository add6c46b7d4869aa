package io.percred.conformance.strangers;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CallerContext;
import io.percred.CallerScope;
import io.percred.PlainUrlDriver;
import io.percred.configuration.UrlRules;
import io.percred.spi.Credential;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of URLs as strangers type them, against servers that hear what they are told. However a
 * URL is written: no secret of the machine's or its administrator's is sent to a host that is not
 * allowed or in clear, no class, file or program off the lists is touched, no host off the list is
 * asked for tokens or keys, and nothing that is fixed is weakened. More of them with {@code
 * -Dpercred.test.strangers=1000000}, others with {@code -Dpercred.test.seed=…}.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class StrangersTest {
  private static final int URLS = Integer.getInteger("percred.test.strangers", 20_000);
  private static final long SEED = Long.getLong("percred.test.seed", new Random().nextLong());
  private static final String ASKED = "select 'asked'";
  private static final String ESCAPES = "set role boss_of_all";
  private static final int ROUNDS = 100;
  private static final Set<String> HEARD_OF_TRUSTED =
      Set.of(
          "the secret of off/secret was sent",
          "the secret of on/secret was sent",
          "the secret of the password file was sent",
          "the secret of the properties was sent",
          "the secret of the variable was sent",
          "a class off the list was made",
          "a statement ran whose caller no verifier accepted",
          "SQL that changes identity was sent past the guard",
          "a login was sent without TLS");

  private final Map<String, @Nullable String> before = new HashMap<>();
  private final Logger logging = Logger.getLogger("");
  private final @Nullable Level level = logging.getLevel();
  @TempDir Path directory;
  private Map<String, String> canaries;

  @BeforeEach
  void setUpTheMachine() throws IOException {
    canaries = CanaryFiles.writeTo(directory);
    set(UrlRules.ALLOWED_HOSTS, TypedUrls.ALLOWED);
    set(UrlRules.ALLOWED_DIRECTORIES, directory.resolve("on").toString());
    set("org.postgresql.pgpassfile", directory.resolve("pgpass").toString());
    set("org.postgresql.pgservicefile", directory.resolve("services").toString());
    // What pgjdbc says of every URL that it does not understand would fill the report.
    logging.setLevel(Level.OFF);
    // So that pgjdbc does not ask a name server for hosts that hear in memory.
    set("socksProxyHost", "192.0.2.9");
  }

  @AfterEach
  void leaveTheMachineAsItWas() {
    logging.setLevel(level);
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  @Test
  void strangersGetNothingThatIsNotTheirs(TestReporter reporter) throws Exception {
    Outcome outcome = typeAll(URLS, new TypedUrls(SEED, directory), true);
    reporter.publishEntry(
        Map.of(
            "seed", String.valueOf(SEED),
            "urls", String.valueOf(URLS),
            "opened", String.valueOf(outcome.opened()),
            "files, programs and hosts watched", String.valueOf(outcome.watched())));
    assertThat(outcome.opened())
        .as("URLs that open a connection, so that there is something to hear")
        .isGreaterThan(URLS / 50);
  }

  /** Otherwise nothing above could fail. */
  @Test
  void whoeverIsTrustedIsHeardDoingAllOfIt() throws Exception {
    set(UrlRules.URL_TRUSTED, "true");
    set("PERCRED_ALLOWED_COMMANDS", directory.resolve("program").toString());
    Set<String> heard = new TreeSet<>();
    boolean watched = true;
    for (int round = 0; round < ROUNDS && !heard.containsAll(HEARD_OF_TRUSTED); round++) {
      Outcome outcome = typeAll(2_000, new TypedUrls(SEED + round, directory), false);
      heard.addAll(outcome.problems());
      watched = outcome.watched();
    }
    assertThat(heard).as("seed %d", SEED).containsAll(HEARD_OF_TRUSTED);
    if (watched) {
      assertThat(heard.toString())
          .contains("a file off the list was opened")
          .contains("a program off the list was run")
          .contains("a host off the list was asked for: evil.example");
    }
  }

  @Test
  void descriptionOfTheDriversPropertiesTellsNoSecretAndOpensNoServiceFile() throws Exception {
    PlainUrlDriver driver = new PlainUrlDriver();
    Properties user = new Properties();
    user.setProperty("user", "app");
    for (String url :
        List.of(
            "jdbc:percred:postgresql://evil.example/db",
            "jdbc:postgresql://evil.example/db?ApplicationName=x",
            "jdbc:percred:postgresql:?service=canary")) {
      for (DriverPropertyInfo each : driver.getPropertyInfo(url, user)) {
        assertThat(String.valueOf(each.value)).as(each.name).doesNotContain("canary-of");
      }
    }
    DriverPropertyInfo[] told =
        driver.getPropertyInfo("jdbc:postgresql://h/db?ApplicationName=x", user);
    assertThat(told)
        .anySatisfy(
            each -> {
              assertThat(each.name).isEqualTo("ApplicationName");
              assertThat(each.value).isEqualTo("x");
            });
  }

  private Outcome typeAll(int count, TypedUrls urls, boolean strict) throws Exception {
    Set<String> all = new TreeSet<>();
    int opened = 0;
    boolean watched = Watch.begin(directory.resolve("off"));
    try (HearingSnowflake snowflake = new HearingSnowflake()) {
      for (int i = 0; i < count; i++) {
        String url = urls.next();
        Fixed fixed = Fixed.values()[i % Fixed.values().length];
        List<String> problems = new ArrayList<>();
        opened += type(url, fixed, problems) ? 1 : 0;
        String heard = HearingSockets.takeHeard();
        String sent = heard + snowflake.takeHeard();
        canaries.forEach(
            (name, canary) -> {
              if (sent.contains(canary)) {
                problems.add("the secret of " + name + " was sent");
              }
            });
        fixed.weakened(heard, problems);
        problems.addAll(Alarms.taken());
        if (strict) {
          assertThat(problems).as("seed %d, URL %d with %s: %s", SEED, i, fixed, url).isEmpty();
        }
        all.addAll(problems);
      }
    } finally {
      Watch.end();
    }
    return new Outcome(opened, watched, all);
  }

  private record Outcome(int opened, boolean watched, Set<String> problems) {}

  /** Whether a connection was opened. */
  private static boolean type(String url, Fixed fixed, List<String> problems) {
    try (Connection connection = new PlainUrlDriver().connect(url, fixed.properties())) {
      if (connection == null) {
        return false;
      }
      CallerScope scope = CallerContext.open(Credential.of("of-the-caller"));
      try {
        run(connection, fixed == Fixed.GUARD ? ESCAPES : ASKED);
      } finally {
        scope.close();
      }
      return true;
    } catch (SQLException e) {
      return false;
    } catch (RuntimeException e) {
      problems.add("it failed with " + e);
      return false;
    }
  }

  private static void run(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      // What was sent counts.
    }
  }

  private void set(String name, String value) {
    before.put(name, System.getProperty(name));
    System.setProperty(name, value);
  }

  /** What an administrator has fixed, or the stranger typed beside the URL. */
  private enum Fixed {
    NOTHING,
    TYPED_PASSWORD("user", "app", "password", "typed"),
    VERIFIER(
        "user",
        "app",
        "password",
        "x",
        "percred.verifier",
        "jwt",
        "percred.jwt.secret",
        "a-secret-of-thirty-two-bytes-or-more") {
      @Override
      void weakened(String heard, List<String> problems) {
        if (heard.contains(ASKED)) {
          problems.add("a statement ran whose caller no verifier accepted");
        }
      }
    },
    GUARD("user", "app", "password", "x", "percred.guard", "on") {
      @Override
      void weakened(String heard, List<String> problems) {
        if (heard.contains(ESCAPES)) {
          problems.add("SQL that changes identity was sent past the guard");
        }
      }
    },
    TLS("user", "app", "password", "x", "sslmode", "verify-full") {
      @Override
      void weakened(String heard, List<String> problems) {
        if (heard.contains("user")) {
          problems.add("a login was sent without TLS");
        }
      }
    },
    LOGIN_PASSWORD(
        "user", "app", "password", "x", "percred.login.password", CanaryFiles.OF_PROPERTIES),
    SUPPLIER("user", "app", "password", "x", "percred.supplier", "env:" + CanaryFiles.VARIABLE),
    SPARE_PROPERTY("user", "app", "password", "x", "spare", CanaryFiles.OF_PROPERTIES);

    private final Properties properties = new Properties();

    Fixed(String... keysAndValues) {
      properties.setProperty("socketFactory", HearingSockets.class.getName());
      for (int i = 0; i < keysAndValues.length; i += 2) {
        properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
      }
    }

    Properties properties() {
      Properties copy = new Properties();
      copy.putAll(properties);
      return copy;
    }

    /** Adds what shows that it did not stay fixed. */
    void weakened(String heard, List<String> problems) {}
  }
}
