package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.ChildJvm.Ended;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar for tools: what is in it, and sqlline with nothing else beside it. */
class BundleIT {
  private static final Path BUNDLE =
      Readme.PROJECT
          .resolve("bundles/postgresql/target")
          .resolve("percred-postgresql-" + System.getProperty("percred.version") + ".jar");
  private static final Path SQLLINE =
      Readme.PROJECT.resolve("conformance-tests/target/tools/sqlline.jar");

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

  private static List<String> contactsIn(Ended ended) {
    return ended.printed().lines().filter(line -> line.contains("contact ")).toList();
  }

  private Ended sqlline(TestDatabase database, String token, String sql) throws Exception {
    String url =
        PostgresIT.percredUrl(
            database.server().url(database.name()),
            "percred.supplier=password",
            "percred.login.password=env:PERCRED_LOGIN_PASSWORD");
    return new ChildJvm(List.of(BUNDLE, SQLLINE), directory)
        .run(
            "sqlline.SqlLine",
            List.of(
                "-d",
                "io.percred.PercredDriver",
                "-u",
                url,
                "-n",
                PostgresServer.APP.user(),
                "-p",
                token,
                "--outputformat=csv",
                "--silent=false",
                "-e",
                sql),
            Map.of("PERCRED_LOGIN_PASSWORD", PostgresServer.APP.password()));
  }

  @Test
  void everythingButPercredAndPgjdbcIsRelocated() throws Exception {
    try (JarFile jar = new JarFile(BUNDLE.toFile())) {
      List<String> classes =
          jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();

      assertThat(classes)
          .contains("io/percred/PercredDriver.class", "org/postgresql/Driver.class")
          .contains("io/percred/shaded/slf4j/LoggerFactory.class")
          .allMatch(
              name ->
                  name.startsWith("io/percred/")
                      || name.startsWith("org/postgresql/")
                      || name.startsWith("META-INF/versions/11/org/postgresql/"));
    }
  }

  @Test
  void servicesOfAllPartsAreListedAndLicencesKept() throws Exception {
    try (JarFile jar = new JarFile(BUNDLE.toFile())) {
      assertThat(lines(jar, "META-INF/services/java.sql.Driver"))
          .containsExactlyInAnyOrder("org.postgresql.Driver", "io.percred.PercredDriver");
      assertThat(lines(jar, "META-INF/services/io.percred.spi.DatabaseAdapter"))
          .containsExactly("io.percred.postgres.PostgresAdapter");
      assertThat(lines(jar, "META-INF/services/io.percred.shaded.slf4j.spi.SLF4JServiceProvider"))
          .containsExactly("io.percred.shaded.slf4j.jul.JULServiceProvider");
      assertThat(lines(jar, "META-INF/LICENSE")).anyMatch(line -> line.contains("Apache License"));
      assertThat(lines(jar, "META-INF/NOTICE")).anyMatch(line -> line.contains("pgjdbc"));
      assertThat(lines(jar, "META-INF/licenses/org.postgresql/LICENSE"))
          .anyMatch(line -> line.contains("PostgreSQL Global Development Group"));
      assertThat(lines(jar, "META-INF/licenses/org.slf4j/LICENSE.txt"))
          .anyMatch(line -> line.contains("QOS.ch"));
    }
  }

  private static List<String> lines(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().filter(line -> !line.isBlank()).toList();
  }
}
