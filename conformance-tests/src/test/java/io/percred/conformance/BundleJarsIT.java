package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What is in the jars for tools. */
class BundleJarsIT {
  private static final String ADAPTERS = "META-INF/services/io.percred.spi.DatabaseAdapter";

  @Test
  void everythingButPercredAndPgjdbcIsRelocated() throws Exception {
    try (JarFile jar = new JarFile(new Bundle("postgresql").jar().toFile())) {
      assertThat(classes(jar))
          .contains("org/postgresql/Driver.class")
          .allMatch(
              name ->
                  name.startsWith("io/percred/")
                      || name.startsWith("org/postgresql/")
                      || name.startsWith("META-INF/versions/11/org/postgresql/"));
      assertHasPercred(jar);
      assertThat(lines(jar, ADAPTERS)).containsExactly("io.percred.postgres.PostgresAdapter");
      assertThat(lines(jar, "META-INF/NOTICE")).anyMatch(line -> line.contains("pgjdbc"));
      assertKeepsLicences(jar, "postgresql-", "com.ongres.scram");
    }
  }

  @Test
  void snowflakesDriverIsLeftToItsUsers() throws Exception {
    try (JarFile jar = new JarFile(new Bundle("snowflake").jar().toFile())) {
      assertThat(classes(jar)).allMatch(name -> name.startsWith("io/percred/"));
      assertHasPercred(jar);
      assertThat(lines(jar, ADAPTERS)).containsExactly("io.percred.snowflake.SnowflakeAdapter");
      assertThat(lines(jar, "META-INF/NOTICE")).noneMatch(line -> line.contains("pgjdbc"));
      assertKeepsLicences(jar, "commons-pool2-");
    }
  }

  /** A build that depends on a bundle gets percred's classes once. */
  @Test
  void asADependencyABundleBringsNothingTwice() throws Exception {
    for (String database : List.of("postgresql", "snowflake")) {
      Path bundles = Pages.PROJECT.resolve("bundles");
      Document pom = Poms.read(bundles.resolve(database + "/target/dependency-reduced-pom.xml"));
      Document parent = Poms.read(bundles.resolve("pom.xml"));
      for (Element dependency : Poms.dependencies(pom)) {
        assertThat(Poms.child(dependency, "scope") + Poms.child(dependency, "artifactId"))
            .matches("(test|provided).*|compilejspecify");
      }
      assertThat(Poms.dependencies(parent)).isEmpty();
    }
  }

  private static void assertHasPercred(JarFile jar) throws IOException {
    assertThat(classes(jar))
        .contains("io/percred/PercredDriver.class")
        .contains("io/percred/shaded/slf4j/LoggerFactory.class")
        .contains("io/percred/shaded/pool2/KeyedObjectPool.class")
        .contains("io/percred/shaded/nimbusds/jwt/SignedJWT.class");
    assertThat(lines(jar, "META-INF/services/java.sql.Driver"))
        .containsExactly("io.percred.PercredDriver");
    assertThat(lines(jar, "META-INF/services/io.percred.shaded.slf4j.spi.SLF4JServiceProvider"))
        .containsExactly("io.percred.shaded.slf4j.jul.JULServiceProvider");
    assertThat(lines(jar, "META-INF/LICENSE")).anyMatch(line -> line.contains("Apache License"));
    assertKeepsLicences(jar, "slf4j-api-", "asm/");
  }

  private static void assertKeepsLicences(JarFile jar, String... artifacts) {
    List<String> licences =
        jar.stream().map(ZipEntry::getName).filter(name -> name.contains("/licenses/")).toList();
    for (String artifact : artifacts) {
      assertThat(licences).anyMatch(name -> name.startsWith("META-INF/licenses/" + artifact));
    }
  }

  private static List<String> classes(JarFile jar) {
    return jar.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".class")).toList();
  }

  private static List<String> lines(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name).isNotNull();
    String text = new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().filter(line -> !line.isBlank()).toList();
  }
}
