package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.Percred;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import javax.sql.PooledConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.xa.PGXADataSource;

/** percred's two factories named directly, in pgjdbc's own DataSources, URLs and properties. */
class FactoriesIT extends PostgresIT {
  private static final String CONFIGURATION =
      "percred.setting=app.api_token&percred.supplier=context";
  private static final String ENCRYPTED =
      "select ssl || ' ' || current_setting('app.api_token', true)"
          + " from pg_stat_ssl where pid = pg_backend_pid()";

  @ParameterizedTest
  @CsvSource({"disable,false", "prefer,true", "require,true", "verify-full,true"})
  void simpleDataSource(String mode, boolean encrypted) throws Exception {
    PGSimpleDataSource source =
        Factories.both(CONFIGURATION).into(new PGSimpleDataSource(), vendorUrl());
    source.setSslMode(mode);
    source.setSslRootCert(Objects.requireNonNull(server.certificateAuthority()).toString());

    assertBound(closing(source.getConnection()), encrypted);
  }

  @Test
  void poolAndXaDataSources() throws Exception {
    PGConnectionPoolDataSource pool =
        Factories.both(CONFIGURATION).into(new PGConnectionPoolDataSource(), vendorUrl());
    PGXADataSource xa = Factories.both(CONFIGURATION).into(new PGXADataSource(), vendorUrl());
    for (PooledConnection each :
        new PooledConnection[] {pool.getPooledConnection(), xa.getXAConnection()}) {
      Connection connection = each.getConnection();
      assertBound(connection, true);
      connection.close();
      each.close();
    }
  }

  @Test
  void plainUrl() throws Exception {
    String url = vendorUrl() + "?" + Factories.both(CONFIGURATION).parameters();

    assertBound(closing(DriverManager.getConnection(url, appLogin())), true);
  }

  @Test
  void properties() throws Exception {
    Properties properties = Factories.both(CONFIGURATION).properties();

    assertBound(closing(DriverManager.getConnection(vendorUrl(), properties)), true);
  }

  @Test
  void configurationIsReadAsThatOfAUrl() throws Exception {
    Properties properties =
        Factories.both("percred.setting=app.other&percred.prefix=a%26b%20%2B").properties();
    Connection connection = closing(DriverManager.getConnection(vendorUrl(), properties));

    assertThat(as(BOB, () -> ask(connection, "select current_setting('app.other')")))
        .isEqualTo("a&b + " + BOB.token());
    assertThat(as(BOB, () -> who(connection))).isIn("", NULL);
  }

  @Test
  void statementsAreCancelledThroughTheFactoriesToo() throws Exception {
    Connection connection =
        closing(
            DriverManager.getConnection(vendorUrl(), Factories.both(CONFIGURATION).properties()));
    try (var statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertFails("57014", () -> as(ALICE, () -> statement.execute("select pg_sleep(30)") + ""));
    }
    assertThat(as(BOB, () -> who(connection))).isEqualTo(BOB.token());
  }

  @ParameterizedTest
  @ValueSource(strings = {"prefer", "require"})
  void socketFactoryAloneEndsWhereTlsBegins(String mode) {
    Properties properties = new Factories(CONFIGURATION, null).properties();
    properties.setProperty("sslmode", mode);

    SQLException closed = failure(() -> DriverManager.getConnection(vendorUrl(), properties));
    assertThat(Percred.codeOf(closed)).isEqualTo("PERCRED-206");
    assertThat(closed.getSQLState()).startsWith("08");
  }

  @Test
  void socketFactoryAloneBindsWithoutTls() throws Exception {
    Properties properties = new Factories(CONFIGURATION, null).properties();
    properties.setProperty("sslmode", "disable");

    assertBound(closing(DriverManager.getConnection(vendorUrl(), properties)), false);
  }

  @Test
  void sslFactoryAloneIsRefused() {
    Properties properties = new Factories(null, CONFIGURATION).properties();
    properties.setProperty("sslmode", "require");

    assertCode("PERCRED-247", properties);
  }

  @ParameterizedTest
  @ValueSource(strings = {"disable", "require"})
  void differentConfigurationsAreRefused(String mode) {
    Properties properties = new Factories(CONFIGURATION, "percred.setting=app.other").properties();
    properties.setProperty("sslmode", mode);

    assertCode("PERCRED-248", properties);
  }

  @ParameterizedTest
  @CsvSource({
    "percred.seting=app.api_token,PERCRED-001",
    "percred.setting=app.api_token&ssl=true,PERCRED-001",
    "percred.setting=nodot,PERCRED-002",
    "percred.setting=a.b&percred.setting=a.b,PERCRED-007",
    "percred.setting=%zz,PERCRED-009",
    "percred.supplier=nowhere,PERCRED-004",
    "percred.supplier=env:HOME,PERCRED-003",
    "percred.supplier=password,PERCRED-018",
    "percred.supplier=property:token,PERCRED-018",
    "percred.oauth.client-secret=planted,PERCRED-003",
    "percred.login.password=planted,PERCRED-003",
    "' ',PERCRED-246",
  })
  void wrongConfigurationsAreRefused(String configuration, String code) {
    SQLException refused = assertCode(code, Factories.both(configuration).properties());

    for (Throwable each = refused; each != null; each = each.getCause()) {
      assertThat(each.toString()).doesNotContain("planted");
    }
  }

  private SQLException assertCode(String code, Properties properties) {
    SQLException refused = failure(() -> DriverManager.getConnection(vendorUrl(), properties));
    assertThat(Percred.codeOf(refused)).as(refused.toString()).isEqualTo(code);
    return refused;
  }

  @Test
  void withoutPercredsDriverTheyTellWhatIsMissing(@TempDir Path directory) throws Exception {
    ChildJvm whole =
        new NewProject("postgres-adapter").with(directory, org.postgresql.Driver.class);
    List<Path> rest =
        whole.classPath().stream()
            .filter(jar -> !jar.getFileName().toString().startsWith("percred-driver-"))
            .toList();
    assertThat(rest).hasSize(whole.classPath().size() - 1);
    ChildJvm project = new ChildJvm(rest, directory);
    project.compile(
        "Connects.java",
        """
        public class Connects {
          public static void main(String[] url) {
            try {
              java.sql.DriverManager.getConnection(url[0]).close();
            } catch (java.sql.SQLException e) {
              for (Throwable each = e; each != null; each = each.getCause()) {
                System.out.println(each.getMessage());
              }
            }
          }
        }
        """);
    String url = vendorUrl() + "?user=nobody&" + Factories.both(CONFIGURATION).parameters();

    assertThat(project.run("Connects", List.of(url), Map.of()).printed())
        .contains("(PERCRED-249, SQLSTATE 22023)");
  }

  private void assertBound(Connection connection, boolean encrypted) throws Exception {
    assertRefused(() -> who(connection));
    assertThat(as(ALICE, () -> ask(connection, ENCRYPTED)))
        .isEqualTo(encrypted + " " + ALICE.token());
    Tour.take(connection);
    connection.setAutoCommit(false);
    as(BOB, () -> insert(connection, "x"));
    connection.rollback();
    connection.setAutoCommit(true);
  }

  private String vendorUrl() {
    return server.url(database.name());
  }
}
