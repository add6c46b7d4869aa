package io.percred.rig;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of the embedded binaries, with TLS, the contributed modules and two-phase commit,
 * listening on the loopback interface only. Its data lies in a directory that ends with it.
 */
public final class EmbeddedServer implements PostgresServer, AutoCloseable {
  /**
   * Names the directory with one archive of binaries per major version ({@code 17.jar}); if unset,
   * the one archive on the class path is used.
   */
  public static final String BINARIES = "percred.rig.binaries";

  private static final Duration STARTUP = Duration.ofSeconds(60);
  private static final Login SUPERUSER = new Login("postgres", "");

  private final int majorVersion;
  private final Path directory;
  private final ServerCertificates certificates;
  private final EmbeddedPostgres postgres;

  private EmbeddedServer(
      int majorVersion,
      Path directory,
      ServerCertificates certificates,
      EmbeddedPostgres postgres) {
    this.majorVersion = majorVersion;
    this.directory = directory;
    this.certificates = certificates;
    this.postgres = postgres;
  }

  /**
   * Starts a server and waits until it accepts connections.
   *
   * @param majorVersion which binaries
   * @param certificates the server's key and certificate
   * @param settings lines for postgresql.conf, behind the rig's own
   * @throws IOException if the binaries are missing or the server does not start; the message holds
   *     what it logged
   */
  public static EmbeddedServer start(
      int majorVersion, ServerCertificates certificates, String... settings) throws IOException {
    Path directory = Files.createTempDirectory("percred-postgresql-" + majorVersion + "-");
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("data"))
            .setLocaleConfig("locale", "C")
            .setPGStartupWait(STARTUP)
            .setRegisterShutdownHook(false)
            .setOutputRedirector(Redirect.appendTo(logOf(directory).toFile()))
            .setErrorRedirector(Redirect.appendTo(logOf(directory).toFile()))
            .setDataDirectoryCustomizer(data -> configure(data, certificates, settings));
    String binaries = System.getProperty(BINARIES);
    if (binaries != null) {
      builder.setPgBinaryResolver(new VersionedBinaries(Path.of(binaries), majorVersion));
    }
    try {
      EmbeddedServer server =
          new EmbeddedServer(majorVersion, directory, certificates, builder.start());
      server.createLogins();
      return server;
    } catch (IOException | SQLException | RuntimeException e) {
      String logged =
          Files.exists(logOf(directory)) ? Files.readString(logOf(directory)) : "nothing";
      throw new IOException(
          "PostgreSQL " + majorVersion + " did not start; it logged " + logged, e);
    }
  }

  private static Path logOf(Path directory) {
    return directory.resolve("server.log");
  }

  private static void configure(File data, ServerCertificates certificates, String[] settings) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "listen_addresses = '127.0.0.1'",
                "unix_socket_directories = ''",
                "ssl = on",
                "ssl_ca_file = '" + certificates.authority() + "'",
                "ssl_cert_file = '" + certificates.certificate() + "'",
                "ssl_key_file = '" + certificates.key() + "'",
                "password_encryption = 'scram-sha-256'",
                "max_prepared_transactions = 20",
                "shared_preload_libraries = 'pg_stat_statements'",
                "shared_buffers = '32MB'",
                "autovacuum = off",
                "full_page_writes = off",
                "synchronous_commit = off",
                "jit = off",
                "timezone = 'UTC'",
                "log_line_prefix = '%d %p '"));
    lines.addAll(List.of(settings));
    try {
      Files.write(data.toPath().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
      Files.writeString(
          data.toPath().resolve("pg_hba.conf"),
          """
          hostssl   all tls_only 127.0.0.1/32 scram-sha-256
          hostnossl all tls_only 127.0.0.1/32 reject
          host      all postgres 127.0.0.1/32 trust
          host      all all      127.0.0.1/32 scram-sha-256
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
    return postgres.getPort();
  }

  @Override
  public Login superuser() {
    return SUPERUSER;
  }

  @Override
  public Path log() {
    return logOf(directory);
  }

  @Override
  public Path certificateAuthority() {
    return certificates.authority();
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() throws IOException {
    postgres.close();
    TemporaryDirectories.delete(directory);
  }

  @Override
  public String toString() {
    return "PostgreSQL " + majorVersion;
  }

  /** Reads the archive of one major version from a directory that holds several. */
  private record VersionedBinaries(Path directory, int majorVersion) implements PgBinaryResolver {
    @Override
    public @Nullable InputStream getPgBinary(String system, String machineHardware)
        throws IOException {
      Path jar = directory.resolve(majorVersion + ".jar");
      if (!Files.exists(jar)) {
        throw new IOException(jar + " is missing: build conformance-tests with Maven once");
      }
      return ArchiveEntries.open(jar, name -> name.toLowerCase(Locale.ROOT).endsWith(".txz"));
    }
  }
}
