package io.percred.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What README.md and the guides say, word for word. */
final class Pages {
  /** The directory of the whole project. */
  static final Path PROJECT = Path.of(System.getProperty("percred.project", ".."));

  private Pages() {}

  /** The code in README.md behind the comment {@code <!-- marker -->}. */
  static String readme(String marker) throws IOException {
    return block("README.md", marker);
  }

  /**
   * The code in a page behind the comment {@code <!-- marker -->}.
   *
   * @param page its path in the project
   * @throws AssertionError if there is none
   */
  static String block(String page, String marker) throws IOException {
    String text = Files.readString(PROJECT.resolve(page));
    Matcher block =
        Pattern.compile(
                "^<!-- " + Pattern.quote(marker) + " -->\n```\\w*\n(.*?)^```$",
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(text);
    if (!block.find()) {
      throw new AssertionError(page + " has no code behind <!-- " + marker + " -->");
    }
    return block.group(1);
  }
}
