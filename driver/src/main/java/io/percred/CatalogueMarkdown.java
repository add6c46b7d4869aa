package io.percred;

import io.percred.catalogue.Catalogue;
import io.percred.catalogue.Installed;
import io.percred.spi.ErrorCode;
import io.percred.spi.FromUrl;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The two pages of documentation that follow from the code: {@code docs/properties.md} and {@code
 * docs/errors.md}. The same class path gives the same text.
 */
public final class CatalogueMarkdown {
  private static final String GENERATED =
      "Generated from the code by io.percred.CatalogueMarkdown; edit the enums instead.\n";

  private CatalogueMarkdown() {}

  /**
   * Writes {@code properties.md} and {@code errors.md}.
   *
   * @param arguments the directory to write them to
   * @throws IOException if they cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("One argument is needed: the directory to write to");
    }
    Path directory = Path.of(arguments[0]);
    Files.writeString(directory.resolve("properties.md"), properties());
    Files.writeString(directory.resolve("errors.md"), errors());
  }

  /** A table of every property, by module. */
  public static String properties() {
    StringBuilder text = new StringBuilder("# Properties\n\n").append(GENERATED);
    text.append(
        """

        In the URL, in the connection properties, or as bean properties of `PercredDataSource`. In a
        URL `%XX` stands for a byte of UTF-8 and a plus sign for itself; an ampersand is written
        `%26`.

        Where a property stands in both, "in a URL" says when the URL's value counts: *free*, always;
        *stricter*, if it is as strict as the other one or stricter; *alone*, if it is the same;
        *waiver*, only if it is as strict as the default; *never*. A word in brackets is a policy: as
        soon as connection properties or code give one property of a policy, the defaults of the
        others count as given, too. What a URL may name, and how to trust URLs altogether, is in
        [guides/untrusted-urls.md](guides/untrusted-urls.md).
        """);
    for (Catalogue.Module module : Catalogue.of(Installed.onThisThread()).modules()) {
      if (!module.properties().isEmpty()) {
        text.append("\n## ").append(module.name()).append("\n\n");
        text.append(
            "| property | values | default | in a URL | meaning |\n|---|---|---|---|---|\n");
        module.properties().forEach(each -> appendRow(text, each));
      }
    }
    return text.toString();
  }

  /** A section for every error, by module. */
  public static String errors() {
    StringBuilder text = new StringBuilder("# Errors\n\n").append(GENERATED);
    text.append(
        """

        `Percred.codeOf(exception)` tells the stable code, whoever wrapped the exception.
        `SQLException.getErrorCode()` is its number where percred itself throws, and 0 where percred
        answers a statement in PostgreSQL's place (`percred.mode=setting` and `claims`): pgjdbc makes
        that exception and gives every error of a server the number 0. The codes and SQLSTATEs are
        stable, the words are not. While a connection is being opened, an outage
        (58000) has SQLSTATE 08001.
        """);
    for (Catalogue.Module module : Catalogue.of(Installed.onThisThread()).modules()) {
      if (!module.errors().isEmpty()) {
        text.append("\n## ").append(module.name()).append('\n');
        module.errors().forEach(each -> appendSection(text, each));
      }
    }
    return text.toString();
  }

  private static void appendRow(StringBuilder text, PropertyDescriptor property) {
    boolean family = property.type() instanceof PropertyType.Family;
    String byDefault = property.defaultValue();
    text.append("| `").append(property.key()).append(family ? "NAME" : "").append("` | ");
    text.append(cell(property.type().allowed())).append(" | ");
    text.append(byDefault == null || byDefault.isEmpty() ? "" : '`' + cell(byDefault) + '`');
    text.append(" | ").append(inUrl(property.fromUrl()));
    text.append(" | ").append(cell(property.description()));
    text.append(property.sensitive() ? " Secret. |\n" : " |\n");
  }

  private static String inUrl(FromUrl rule) {
    if (rule instanceof FromUrl.Narrows narrows) {
      return (narrows.always() ? "waiver" : "stricter") + policies(narrows.policies());
    }
    if (rule instanceof FromUrl.Keeps keeps) {
      return "alone" + policies(keeps.policies());
    }
    return rule instanceof FromUrl.Never ? "never" : "free";
  }

  private static String policies(Set<FromUrl.Policy> policies) {
    return policies.isEmpty()
        ? ""
        : policies.stream()
            .map(PropertyType.Choice::wordOf)
            .sorted()
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private static void appendSection(StringBuilder text, ErrorCode error) {
    text.append("\n### ").append(error.stableCode());
    text.append(" (SQLSTATE ").append(error.sqlState()).append(")\n\n");
    text.append("> ").append(error.message()).append("\n\n");
    text.append(error.remedy()).append('\n');
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
