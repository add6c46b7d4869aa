package io.percred.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A pooler of the operating system's that runs in a directory of its own, on the loopback
 * interface. Stopped and deleted with {@link #close()}.
 */
final class PoolerProcess implements AutoCloseable {
  private static final long STARTUP_SECONDS = 20;

  private final Path directory;
  private final Process process;
  private final int port;

  private PoolerProcess(Path directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** A directory that the pooler may read whoever it runs as. */
  static Path directory(String prefix) throws IOException {
    return Files.createTempDirectory(
        prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether tests run as root, as whom poolers refuse to. */
  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Starts it and waits until it listens; deletes the directory if it does not. */
  static PoolerProcess start(Path directory, int port, List<String> command) throws IOException {
    Path log = directory.resolve("pooler.log");
    Process process =
        new ProcessBuilder(new ArrayList<>(command))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PoolerProcess pooler = new PoolerProcess(directory, process, port);
    try {
      pooler.awaitListening(log);
    } catch (IOException e) {
      pooler.close();
      throw e;
    }
    return pooler;
  }

  private void awaitListening(Path log) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STARTUP_SECONDS);
    while (System.nanoTime() < deadline && process.isAlive()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        waitForExit(50);
      }
    }
    throw new IOException("The pooler did not start; it logged " + Files.readString(log));
  }

  private boolean waitForExit(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The vendor's URL of a database, through the pooler. */
  String url(String database) {
    return "jdbc:postgresql://localhost:" + port + "/" + database;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    if (!waitForExit(TimeUnit.SECONDS.toMillis(10))) {
      process.destroyForcibly();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
