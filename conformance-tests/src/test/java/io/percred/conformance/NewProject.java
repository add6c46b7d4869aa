package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A new project with percred's one dependency for a database.
 *
 * @param adapter the module of that dependency
 */
record NewProject(String adapter) {
  private static final String VERSION = System.getProperty("percred.version", "");

  /** What a page tells people to write into their pom.xml is this dependency. */
  void assertIsDependency(String xml) {
    assertThat(xml)
        .containsOnlyOnce("<dependency>")
        .contains("<groupId>io.percred</groupId>")
        .contains("<artifactId>percred-" + adapter + "</artifactId>")
        .contains("<version>" + VERSION + "</version>");
  }

  /** The artifacts that the one dependency brings, without their versions. */
  List<String> broughtAlong() throws IOException {
    return published().stream()
        .map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", ""))
        .toList();
  }

  /** Programs with no more on the class path than the dependency brings, and these. */
  ChildJvm with(Path directory, Class<?>... others) throws Exception {
    List<Path> classPath = new ArrayList<>(published());
    classPath.add(target().resolve("percred-" + adapter + "-" + VERSION + ".jar"));
    for (Class<?> other : others) {
      classPath.add(ChildJvm.homeOf(other));
    }
    return new ChildJvm(classPath, directory);
  }

  private List<Path> published() throws IOException {
    try (Stream<Path> jars = Files.list(target().resolve("published"))) {
      return jars.toList();
    }
  }

  private Path target() {
    return Pages.PROJECT.resolve(adapter).resolve("target");
  }
}
