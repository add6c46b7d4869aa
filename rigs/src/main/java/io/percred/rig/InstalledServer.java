package io.percred.rig;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of the binaries that the operating system installed, for what the embedded ones were
 * built without, such as LDAP. It runs as the account {@code postgres} if this process is root,
 * else as this account, with its data in a directory that ends with it, listening on the loopback
 * interface only. The system's own clusters are left alone.
 */
public final class InstalledServer implements PostgresServer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(InstalledServer.class);
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String ACCOUNT = "postgres";
  private static final Login SUPERUSER = new Login("postgres", "");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int majorVersion;
  private final Path binaries;
  private final Path directory;
  private final int port;
  private final ServerCertificates certificates;

  private InstalledServer(int majorVersion, Path directory, ServerCertificates certificates)
      throws IOException {
    this.majorVersion = majorVersion;
    this.binaries = binariesOf(majorVersion);
    this.directory = directory;
    this.certificates = certificates;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
  }

  /** Why it cannot be started here, in words, or null if it can. */
  public static @Nullable String missing(int majorVersion) {
    Path binaries = binariesOf(majorVersion);
    if (!Files.isExecutable(binaries.resolve("postgres"))) {
      return "PostgreSQL " + majorVersion + " is not installed in " + binaries;
    }
    if (isRoot() && !Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
      return "PostgreSQL does not run as root, and there is no setpriv to change the account";
    }
    return null;
  }

  /**
   * Starts a server and waits until it accepts connections.
   *
   * @param majorVersion which binaries
   * @param hba lines for pg_hba.conf, in front of those that let the superuser in
   * @throws IOException if it does not start; the message holds what it said
   */
  public static InstalledServer start(int majorVersion, String... hba) throws IOException {
    Path directory = Files.createTempDirectory("percred-installed-" + majorVersion + "-");
    try {
      InstalledServer server =
          new InstalledServer(majorVersion, directory, ServerCertificates.create(directory));
      server.hand(directory);
      try (var files = Files.list(directory)) {
        for (Path file : files.toList()) {
          server.hand(file);
        }
      }
      server.run("initdb", "-D", server.data(), "-U", SUPERUSER.user(), "-A", "trust", "-N");
      server.configure(hba);
      Runtime.getRuntime().addShutdownHook(new Thread(server::stopQuietly));
      server.run("pg_ctl", "-D", server.data(), "-l", server.log().toString(), "-w", "start");
      server.createLogins();
      return server;
    } catch (IOException | SQLException e) {
      throw new IOException("PostgreSQL " + majorVersion + " did not start", e);
    }
  }

  @Override
  public int majorVersion() {
    return majorVersion;
  }

  @Override
  public String host() {
    return "localhost";
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public Login superuser() {
    return SUPERUSER;
  }

  @Override
  public Path log() {
    return directory.resolve("server.log");
  }

  @Override
  public Path certificateAuthority() {
    return certificates.authority();
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() throws IOException {
    if (Files.exists(Path.of(data(), "postmaster.pid"))) {
      run("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    }
    TemporaryDirectories.delete(directory);
  }

  @Override
  public String toString() {
    return "PostgreSQL " + majorVersion + " of the operating system";
  }

  private void stopQuietly() {
    try {
      close();
    } catch (IOException e) {
      LOG.warn("Cannot stop {}", this, e);
    }
  }

  private void configure(String... hba) throws IOException {
    List<String> lines =
        List.of(
            "listen_addresses = '127.0.0.1'",
            "port = " + port,
            "unix_socket_directories = ''",
            "ssl = on",
            "ssl_ca_file = '" + certificates.authority() + "'",
            "ssl_cert_file = '" + certificates.certificate() + "'",
            "ssl_key_file = '" + certificates.key() + "'",
            "fsync = off",
            "autovacuum = off");
    Files.write(Path.of(data(), "postgresql.conf"), lines, StandardOpenOption.APPEND);
    List<String> rules = new ArrayList<>(List.of(hba));
    rules.add("host all " + SUPERUSER.user() + " 127.0.0.1/32 trust");
    rules.add("host all all 127.0.0.1/32 scram-sha-256");
    Files.write(Path.of(data(), "pg_hba.conf"), rules);
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  /** Makes a file the account's that the server runs as. */
  private void hand(Path file) throws IOException {
    if (isRoot()) {
      Files.setOwner(
          file,
          file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(ACCOUNT));
    }
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", "--"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("percred-" + program + "-", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()));
    builder.environment().put("LC_ALL", "C");
    try {
      Process process = builder.start();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(program + " did not end: " + Files.readString(output));
      }
      if (process.exitValue() != 0) {
        String logged = Files.exists(log()) ? Files.readString(log()) : "";
        throw new IOException(program + " failed: " + Files.readString(output) + logged);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while " + program + " was running", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static Path binariesOf(int majorVersion) {
    return DEBIAN.resolve(majorVersion + "/bin");
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
