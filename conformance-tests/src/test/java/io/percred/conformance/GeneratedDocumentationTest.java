package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.CatalogueMarkdown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages that follow from the code: all modules are on the class path here. */
class GeneratedDocumentationTest {
  private static final String REGENERATE =
      "is not what the code says: run mvn -q -pl conformance-tests -am process-classes -Pdocs";

  @Test
  void propertiesAreCurrent() throws IOException {
    assertThat(page("properties.md"))
        .as("docs/properties.md %s", REGENERATE)
        .isEqualTo(CatalogueMarkdown.properties());
  }

  @Test
  void errorsAreCurrent() throws IOException {
    assertThat(page("errors.md"))
        .as("docs/errors.md %s", REGENERATE)
        .isEqualTo(CatalogueMarkdown.errors());
  }

  private static String page(String name) throws IOException {
    Path page = Pages.PROJECT.resolve("docs").resolve(name);
    return Files.exists(page) ? Files.readString(page) : "";
  }
}
