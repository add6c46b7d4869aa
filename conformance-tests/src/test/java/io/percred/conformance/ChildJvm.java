package io.percred.conformance;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Programs in a JVM of their own, with no more on the class path than they are given.
 *
 * @param classPath the class path
 * @param directory where the programs lie and write what they print
 */
record ChildJvm(List<Path> classPath, Path directory) {
  private static final long SECONDS = 120;

  /** How a program ended, and everything it printed. */
  record Ended(int exitCode, String printed) {}

  /** Compiles one class against the class path, into the directory. */
  void compile(String fileName, String source) throws IOException {
    Path file = Files.writeString(directory.resolve(fileName), source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringBuilder complaints = new StringBuilder();
    boolean compiled;
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("-proc:none", "-classpath", joined(classPath), "-d", directory.toString());
      compiled =
          compiler
              .getTask(
                  null,
                  files,
                  diagnostic -> complaints.append(diagnostic).append('\n'),
                  options,
                  null,
                  files.getJavaFileObjects(file))
              .call();
    }
    if (!compiled) {
      throw new AssertionError(fileName + " does not compile:\n" + complaints);
    }
  }

  /** Runs a class to its end. */
  Ended run(String mainClass, List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<Path> whole = new ArrayList<>(classPath);
    whole.add(directory);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-classpath", joined(whole), mainClass));
    command.addAll(arguments);
    Path printed = directory.resolve(mainClass + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(printed.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(mainClass + " did not end; it printed " + Files.readString(printed));
    }
    return new Ended(process.exitValue(), Files.readString(printed));
  }

  /** The jar or directory that a class of the tests' own class path comes from. */
  static Path homeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static String joined(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
