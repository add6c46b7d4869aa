package io.percred.conformance;

import io.percred.conformance.ChildJvm.Ended;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A jar for tools that load a driver from a file, and such a tool.
 *
 * @param database the name behind {@code percred-}
 */
record Bundle(String database) {
  private static final Path SQLLINE =
      Pages.PROJECT.resolve("conformance-tests/target/tools/sqlline.jar");

  /** What a person fills in. */
  record Login(String url, String user, String password) {}

  Path jar() {
    return Pages.PROJECT
        .resolve("bundles")
        .resolve(database)
        .resolve("target")
        .resolve("percred-" + database + "-" + System.getProperty("percred.version") + ".jar");
  }

  /** A JVM with sqlline, the bundle and nothing else but what is beside it. */
  ChildJvm besideSqlline(Path directory, Path... beside) {
    List<Path> classPath = new ArrayList<>(List.of(jar(), SQLLINE));
    classPath.addAll(List.of(beside));
    return new ChildJvm(classPath, directory);
  }

  /** Runs sqlline to its end, with one statement. */
  static Ended sqlline(ChildJvm tool, Login login, String sql, Map<String, String> environment)
      throws IOException, InterruptedException {
    return tool.run(
        "sqlline.SqlLine",
        List.of(
            "-d",
            "io.percred.PercredDriver",
            "-u",
            login.url(),
            "-n",
            login.user(),
            "-p",
            login.password(),
            "--outputformat=csv",
            "-e",
            sql),
        environment);
  }
}
