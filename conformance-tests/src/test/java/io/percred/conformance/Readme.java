package io.percred.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What README.md says, word for word. */
final class Readme {
  /** The directory of the whole project. */
  static final Path PROJECT = Path.of(System.getProperty("percred.project", ".."));

  private Readme() {}

  /**
   * The code behind the comment {@code <!-- marker -->}.
   *
   * @throws AssertionError if there is none
   */
  static String block(String marker) throws IOException {
    String text = Files.readString(PROJECT.resolve("README.md"));
    Matcher block =
        Pattern.compile(
                "^<!-- " + Pattern.quote(marker) + " -->\n```\\w*\n(.*?)^```$",
                Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(text);
    if (!block.find()) {
      throw new AssertionError("README.md has no code behind <!-- " + marker + " -->");
    }
    return block.group(1);
  }
}
