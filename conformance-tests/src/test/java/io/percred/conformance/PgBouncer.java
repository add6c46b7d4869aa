package io.percred.conformance;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
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
 * PgBouncer in transaction mode in front of a server, with few server connections. It refuses to
 * run as root, so it gets a user of its own then. Stopped and deleted with {@link #close()}.
 */
final class PgBouncer implements AutoCloseable {
  static final int SERVER_CONNECTIONS = 2;
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"));
  private static final String UNPRIVILEGED = "nobody";
  private static final long STARTUP_SECONDS = 20;

  private final Path directory;
  private final Process process;
  private final int port;

  private PgBouncer(Path directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** Whether the program is there: Debian's package pgbouncer, which .ci/run installs. */
  static boolean isInstalled() {
    return PLACES.stream().anyMatch(Files::isExecutable);
  }

  /** Starts it for some logins of a server and waits until it listens. */
  static PgBouncer to(PostgresServer server, Login... logins) throws IOException {
    Path directory =
        Files.createTempDirectory(
            "percred-pgbouncer-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    int port = freePort();
    StringBuilder users = new StringBuilder();
    for (Login login : logins) {
      users
          .append('"')
          .append(login.user())
          .append("\" \"")
          .append(login.password())
          .append("\"\n");
    }
    Files.writeString(directory.resolve("users.txt"), users);
    Files.writeString(
        directory.resolve("pgbouncer.ini"),
        """
        [databases]
        * = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 100
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(server.port(), port, directory.resolve("users.txt"), SERVER_CONNECTIONS));
    Path log = directory.resolve("pgbouncer.log");
    Process process =
        new ProcessBuilder(command(directory.resolve("pgbouncer.ini")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PgBouncer bouncer = new PgBouncer(directory, process, port);
    try {
      bouncer.awaitListening(log);
    } catch (IOException e) {
      bouncer.close();
      throw e;
    }
    return bouncer;
  }

  private static List<String> command(Path configuration) {
    Path program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", UNPRIVILEGED));
    }
    command.add(configuration.toString());
    return command;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
    throw new IOException("PgBouncer did not start; it logged " + Files.readString(log));
  }

  private boolean waitForExit(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The vendor's URL of a database, through PgBouncer. */
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
