package io.percred.conformance;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What Maven's project files say. */
final class Poms {
  private Poms() {}

  static Document read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
    }
  }

  /** The dependencies of a project itself, not those that it manages. */
  static List<Element> dependencies(Document pom) {
    return children(pom.getDocumentElement(), "dependencies")
        .flatMap(each -> children(each, "dependency"))
        .toList();
  }

  /** The text of a direct child, or nothing. */
  static String child(Element element, String name) {
    return children(element, name).map(Node::getTextContent).findFirst().orElse("");
  }

  /** The texts of all elements of a name below an element. */
  static List<String> texts(Element element, String name) {
    NodeList nodes = element.getElementsByTagName(name);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent());
    }
    return texts;
  }

  private static Stream<Element> children(Element element, String name) {
    NodeList nodes = element.getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(nodes::item)
        .filter(node -> node.getNodeName().equals(name))
        .map(Element.class::cast);
  }
}
