package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** The BOM against the modules of the build. */
class PublishedArtifactsTest {
  @Test
  void theBomManagesEveryPublishedJar() throws Exception {
    Element management = (Element) pom("bom").getElementsByTagName("dependencyManagement").item(0);
    assertThat(Poms.texts(management, "artifactId"))
        .containsExactlyInAnyOrderElementsOf(published(Pages.PROJECT));
  }

  @Test
  void theBomHasTheVersionOfWhatItManages() throws Exception {
    assertThat(Poms.child(pom("bom").getDocumentElement(), "version"))
        .isEqualTo(Poms.child(pom(".").getDocumentElement(), "version"));
  }

  private static List<String> published(Path project) throws Exception {
    List<String> artifacts = new ArrayList<>();
    for (String name : Poms.texts(read(project).getDocumentElement(), "module")) {
      Path module = project.resolve(name);
      Element pom = read(module).getDocumentElement();
      if (Poms.child(pom, "packaging").equals("pom")) {
        artifacts.addAll(published(module));
      } else if (!Poms.texts(pom, "maven.deploy.skip").contains("true")) {
        artifacts.add(Poms.child(pom, "artifactId"));
      }
    }
    return artifacts;
  }

  private static Document pom(String module) throws Exception {
    return read(Pages.PROJECT.resolve(module));
  }

  private static Document read(Path module) throws Exception {
    return Poms.read(module.resolve("pom.xml"));
  }
}
