package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM's native-image is told of classes that are loaded by name, of proxies and of
 * resources, against the classes. Providers that a ServiceLoader finds need no telling.
 */
class NativeImageMetadataTest {
  private static final Pattern PROXIES = Pattern.compile("newProxyInstance\\(");

  @Test
  void everyClassThatIsLoadedByNameIsNamed() throws Exception {
    Set<String> named = new TreeSet<>();
    for (JsonElement each : entries("reflect-config.json")) {
      named.add(each.getAsJsonObject().get("name").getAsString());
    }
    assertThat(named).containsExactlyInAnyOrderElementsOf(loadedByName());
  }

  @Test
  void everyNamedConstructorIsThere() throws Exception {
    for (JsonElement each : entries("reflect-config.json")) {
      JsonObject entry = each.getAsJsonObject();
      Class<?> type = Class.forName(entry.get("name").getAsString());
      for (JsonElement method : entry.getAsJsonArray("methods")) {
        assertThat(method.getAsJsonObject().get("name").getAsString()).isEqualTo("<init>");
        List<Class<?>> parameters = new ArrayList<>();
        for (JsonElement parameter : method.getAsJsonObject().getAsJsonArray("parameterTypes")) {
          parameters.add(Class.forName(parameter.getAsString()));
        }
        assertThat(type.getConstructor(parameters.toArray(Class<?>[]::new))).isNotNull();
      }
    }
  }

  @Test
  void proxiesAreOfJdbcInterfaces() throws Exception {
    for (String module : modulesWithProxies()) {
      List<String> interfaces = new ArrayList<>();
      for (JsonElement each : read(metadata(module, "proxy-config.json")).getAsJsonArray()) {
        for (JsonElement name : each.getAsJsonObject().getAsJsonArray("interfaces")) {
          assertThat(Class.forName(name.getAsString()).isInterface()).isTrue();
          interfaces.add(name.getAsString());
        }
      }
      assertThat(interfaces)
          .as(module)
          .contains(
              "java.sql.Connection",
              "java.sql.Statement",
              "java.sql.PreparedStatement",
              "java.sql.CallableStatement",
              "java.sql.DatabaseMetaData");
    }
  }

  @Test
  void everyNamedResourceIsThere() throws Exception {
    JsonObject resources =
        read(metadata("driver", "resource-config.json"))
            .getAsJsonObject()
            .getAsJsonObject("resources");
    for (JsonElement each : resources.getAsJsonArray("includes")) {
      String pattern = each.getAsJsonObject().get("pattern").getAsString();
      assertThat(getClass().getClassLoader().getResource(pattern.replace("\\.", "."))).isNotNull();
    }
  }

  /** Public drivers, data sources and socket factories of the packages that users see. */
  private static Set<String> loadedByName() throws Exception {
    Set<String> names = new TreeSet<>();
    for (String directory :
        List.of(
            "driver/src/main/java/io/percred",
            "postgres-adapter/src/main/java/io/percred/postgres")) {
      Path sources = Pages.PROJECT.resolve(directory.substring(0, directory.indexOf("io/")));
      try (Stream<Path> files = Files.list(Pages.PROJECT.resolve(directory))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          String name = sources.relativize(file).toString().replace(".java", "").replace('/', '.');
          if (!name.endsWith("package-info") && isLoadedByName(Class.forName(name))) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  private static boolean isLoadedByName(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers())
        && Stream.of(type.getConstructors()).anyMatch(NativeImageMetadataTest::canBeCalledByName)
        && (java.sql.Driver.class.isAssignableFrom(type)
            || DataSource.class.isAssignableFrom(type)
            || SocketFactory.class.isAssignableFrom(type));
  }

  private static boolean canBeCalledByName(Constructor<?> constructor) {
    List<Class<?>> parameters = List.of(constructor.getParameterTypes());
    return parameters.isEmpty() || parameters.equals(List.of(Properties.class));
  }

  /** The published modules whose sources make proxies. */
  private static Set<String> modulesWithProxies() throws IOException {
    try (Stream<Path> files = Files.walk(Pages.PROJECT, 12)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains("/src/main/"))
          .filter(NativeImageMetadataTest::makesProxies)
          .map(file -> Pages.PROJECT.relativize(file).getName(0).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static boolean makesProxies(Path source) {
    try {
      return PROXIES.matcher(Files.readString(source)).find();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static JsonArray entries(String file) throws IOException {
    JsonArray all = new JsonArray();
    for (String module : List.of("driver", "postgres-adapter")) {
      all.addAll(read(metadata(module, file)).getAsJsonArray());
    }
    return all;
  }

  private static Path metadata(String module, String file) {
    return Pages.PROJECT.resolve(
        module
            + "/src/main/resources/META-INF/native-image/io.percred/percred-"
            + module
            + "/"
            + file);
  }

  private static JsonElement read(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file));
  }
}
