package io.percred.conformance.strangers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The machine's secrets, each a text that is found wherever it turns up. */
final class CanaryFiles {
  /** A variable that every process has and no list allows. */
  static final String VARIABLE = "PATH";

  /** What a stranger types as a secret is his own. */
  static final String TYPED = "typed-by-the-stranger";

  /** What the administrator's connection properties hold. */
  static final String OF_PROPERTIES = "canary-of-the-properties";

  private CanaryFiles() {}

  /** Writes them; by name. */
  static Map<String, String> writeTo(Path directory) throws IOException {
    Map<String, String> canaries = new LinkedHashMap<>();
    Path on = Files.createDirectory(directory.resolve("on"));
    Path off = Files.createDirectory(directory.resolve("off"));
    write(off, "canary-off-the-list", canaries);
    write(on, "canary-on-the-list", canaries);
    Files.createSymbolicLink(on.resolve("link"), off.resolve("secret"));
    Path passwords = directory.resolve("pgpass");
    Files.writeString(passwords, "*:*:*:*:canary-of-the-password-file\n");
    canaries.put("the password file", "canary-of-the-password-file");
    Files.writeString(
        directory.resolve("services"),
        "[canary]\nhost=evil.example\nuser=app\npassword=canary-of-the-service-file\n");
    canaries.put("the service file", "canary-of-the-service-file");
    Path program = directory.resolve("program");
    Files.writeString(
        program, "#!/bin/sh\ntouch " + directory.resolve("ran") + "\necho canary-of-the-program\n");
    if (!program.toFile().setExecutable(true)) {
      throw new IOException("the program cannot be made executable");
    }
    canaries.put("the program", "canary-of-the-program");
    canaries.put("the variable", Objects.requireNonNull(System.getenv(VARIABLE)));
    canaries.put("the properties", OF_PROPERTIES);
    return canaries;
  }

  private static void write(Path directory, String canary, Map<String, String> canaries)
      throws IOException {
    Files.writeString(directory.resolve("secret"), canary);
    canaries.put(directory.getFileName() + "/secret", canary);
  }
}
