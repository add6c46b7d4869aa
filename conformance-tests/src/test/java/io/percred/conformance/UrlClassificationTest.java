package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.percred.Percred;
import io.percred.PercredDriver;
import io.percred.catalogue.Catalogue;
import io.percred.catalogue.Installed;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.FromUrl;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a URL may say is told of every property, percred's and the vendors'. */
class UrlClassificationTest {
  private static final Path DRIVERS = Path.of("target", "drivers");

  @Test
  void everyPropertyOfEveryModuleSaysWhatUrlMay() throws Exception {
    List<PropertyDescriptor> properties = percreds();
    assertThat(properties).hasSizeGreaterThan(60);
    for (PropertyDescriptor each : properties) {
      assertThat(each.getClass().getMethod("fromUrl").getDeclaringClass())
          .as(each.key() + " must say what a URL may say of it")
          .isNotEqualTo(PropertyDescriptor.class);
      assertThat(each.fromUrl()).as(each.key()).isNotInstanceOf(FromUrl.Names.class);
    }
  }

  /** A list of its own, so that a change of the classification is seen. */
  @Test
  void onlyWaiversAndTrustItselfAreNeverUrls() {
    assertThat(percreds())
        .filteredOn(
            each ->
                each.fromUrl() instanceof FromUrl.Never
                    || (each.fromUrl() instanceof FromUrl.Narrows narrows && narrows.always()))
        .extracting(PropertyDescriptor::key)
        .containsExactlyInAnyOrder(
            "percred.url.trusted",
            "percred.claims.unverified",
            "percred.login.allow-plaintext",
            "percred.http.allow-plaintext");
  }

  @ParameterizedTest
  @MethodSource("percreds")
  void defaultOfAnOrderIsAsStrictAsItself(PropertyDescriptor property) {
    String value = property.defaultValue();
    if (property.fromUrl() instanceof FromUrl.Narrows narrows && value != null) {
      assertThat(narrows.order().isAsStrict(value, value)).isTrue();
      if (property.type() instanceof PropertyType.Choice choice) {
        assertThat(choice.words())
            .as("one word is the strictest, and every other is looser than it")
            .filteredOn(
                word -> choice.words().stream().allMatch(o -> narrows.order().isAsStrict(word, o)))
            .hasSize(1);
      }
    }
  }

  /** Whatever the administrator fixed, the URL's other value is refused unless it is stricter. */
  @ParameterizedTest
  @MethodSource("percreds")
  void valueThatIsFixedIsKeptOrNarrowed(PropertyDescriptor property) {
    for (List<String> pair : pairs(property)) {
      Properties fixed = new Properties();
      fixed.setProperty(property.key(), pair.get(0));
      boolean stricter =
          property.fromUrl() instanceof FromUrl.Chooses
              || (property.fromUrl() instanceof FromUrl.Narrows narrows
                  && narrows.order().isAsStrict(pair.get(1), pair.get(0)));
      String subprotocol =
          property.key().startsWith("percred.snowflake.") ? "snowflake" : "postgresql";
      String url =
          "jdbc:percred:"
              + subprotocol
              + "://percred.invalid/x?"
              + property.key()
              + '='
              + java.net.URLEncoder.encode(pair.get(1), java.nio.charset.StandardCharsets.UTF_8);
      SQLException failure =
          catchThrowableOfType(SQLException.class, () -> new PercredDriver().connect(url, fixed));
      if (stricter) {
        assertThat(Percred.codeOf(failure)).as(url).isNotEqualTo("PERCRED-003");
      } else {
        assertThat(Percred.codeOf(failure)).as(url).isEqualTo("PERCRED-003");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("drivers")
  void everyParameterOfTheVendorIsClassified(Path jar) throws Exception {
    boolean postgres = jar.getFileName().toString().startsWith("postgresql");
    DatabaseAdapter adapter =
        Installed.onThisThread().adapters().require(postgres ? "postgresql" : "snowflake");
    List<String> unclassified = new ArrayList<>();
    List<String> names = postgres ? pgjdbcs(jar) : snowflakes(jar);
    for (String name : names) {
      if (adapter.fromUrl(name, new Properties()).equals(FromUrl.UNKNOWN)) {
        unclassified.add(name);
      }
    }
    assertThat(names).hasSizeGreaterThan(60);
    assertThat(unclassified).as("in " + jar).isEmpty();
  }

  static List<PropertyDescriptor> percreds() {
    return Catalogue.of(Installed.onThisThread()).modules().stream()
        .flatMap(module -> module.properties().stream())
        .toList();
  }

  static List<Path> drivers() throws Exception {
    try (Stream<Path> jars = Files.list(DRIVERS)) {
      List<Path> found = jars.sorted().toList();
      assertThat(found).as("the versions that the build copies").hasSize(9);
      return found;
    }
  }

  private static List<List<String>> pairs(PropertyDescriptor property) {
    List<String> values =
        property.type() instanceof PropertyType.Choice choice
            ? choice.words()
            : property.type() instanceof PropertyType.Flag
                ? List.of("true", "false")
                : property.type() instanceof PropertyType.WholeNumber
                    ? List.of("2", "3")
                    : property.type() instanceof PropertyType.TimeSpan
                        ? List.of("2s", "3s")
                        : List.of();
    List<List<String>> pairs = new ArrayList<>();
    for (String one : values) {
      for (String other : values) {
        if (!one.equals(other) && property.type().accepts(one) && property.type().accepts(other)) {
          pairs.add(List.of(one, other));
        }
      }
    }
    return pairs;
  }

  private static List<String> pgjdbcs(Path jar) throws Exception {
    List<String> names = new ArrayList<>();
    try (URLClassLoader loader = alone(jar)) {
      Class<?> properties = loader.loadClass("org.postgresql.PGProperty");
      for (Object each : properties.getEnumConstants()) {
        names.add((String) properties.getMethod("getName").invoke(each));
      }
    }
    return names;
  }

  private static List<String> snowflakes(Path jar) throws Exception {
    List<String> names = new ArrayList<>();
    try (URLClassLoader loader = alone(jar)) {
      String name = "core.SFSessionProperty";
      Class<?> properties;
      try {
        properties = loader.loadClass("net.snowflake.client.internal." + name);
      } catch (ClassNotFoundException e) {
        properties = loader.loadClass("net.snowflake.client." + name);
      }
      for (Object each : properties.getEnumConstants()) {
        names.add((String) properties.getMethod("getPropertyKey").invoke(each));
      }
    }
    return names;
  }

  private static URLClassLoader alone(Path jar) throws Exception {
    return new URLClassLoader(
        new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
  }
}
