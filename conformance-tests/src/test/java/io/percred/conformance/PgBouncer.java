package io.percred.conformance;

import io.percred.rig.Login;
import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * PgBouncer in front of a server, with few server connections. It refuses to run as root, so it
 * gets a user of its own then. Stopped and deleted with {@link #close()}.
 */
final class PgBouncer implements AutoCloseable {
  static final int SERVER_CONNECTIONS = 2;
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/pgbouncer"), Path.of("/usr/bin/pgbouncer"));
  private static final String UNPRIVILEGED = "nobody";

  private final PoolerProcess process;

  private PgBouncer(PoolerProcess process) {
    this.process = process;
  }

  /** Whether the program is there: Debian's package pgbouncer, which .ci/run installs. */
  static boolean isInstalled() {
    return PLACES.stream().anyMatch(Files::isExecutable);
  }

  /** Starts it in transaction mode for some logins of a server and waits until it listens. */
  static PgBouncer to(PostgresServer server, Login... logins) throws IOException {
    return to(server, "transaction", logins);
  }

  /** Starts it in a mode for some logins of a server and waits until it listens. */
  static PgBouncer to(PostgresServer server, String mode, Login... logins) throws IOException {
    Path directory = PoolerProcess.directory("percred-pgbouncer-");
    int port = PoolerProcess.freePort();
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
        pool_mode = %s
        default_pool_size = %d
        max_client_conn = 100
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(
                server.port(), port, directory.resolve("users.txt"), mode, SERVER_CONNECTIONS));
    return new PgBouncer(
        PoolerProcess.start(directory, port, command(directory.resolve("pgbouncer.ini"))));
  }

  private static List<String> command(Path configuration) {
    Path program = PLACES.stream().filter(Files::isExecutable).findFirst().orElseThrow();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    if (PoolerProcess.isRoot()) {
      command.addAll(List.of("-u", UNPRIVILEGED));
    }
    command.add(configuration.toString());
    return command;
  }

  /** The vendor's URL of a database, through PgBouncer. */
  String url(String database) {
    return process.url(database);
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
