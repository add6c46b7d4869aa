package io.percred.conformance;

import io.percred.rig.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * pgpool-II in front of one server, which keeps a server connection per client session. Clients log
 * in with their password in clear, as it cannot pass SCRAM on. Stopped and deleted with {@link
 * #close()}.
 */
final class Pgpool implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgpool");

  private final PoolerProcess process;

  private Pgpool(PoolerProcess process) {
    this.process = process;
  }

  /** Whether the program is there: Debian's package pgpool2, which .ci/run installs. */
  static boolean isInstalled() {
    return Files.isExecutable(PROGRAM);
  }

  /** Starts it and waits until it listens. */
  static Pgpool to(PostgresServer server) throws IOException {
    Path directory = PoolerProcess.directory("percred-pgpool-");
    int port = PoolerProcess.freePort();
    Path configuration = directory.resolve("pgpool.conf");
    Path empty = Files.createFile(directory.resolve("empty.conf"));
    Files.writeString(
        configuration,
        """
        backend_clustering_mode = 'raw'
        listen_addresses = '127.0.0.1'
        port = %1$d
        pcp_listen_addresses = ''
        pcp_port = %2$d
        socket_dir = '%3$s'
        pcp_socket_dir = '%3$s'
        wd_ipc_socket_dir = '%3$s'
        pid_file_name = '%3$s/pgpool.pid'
        logdir = '%3$s'
        work_dir = '%3$s'
        backend_hostname0 = '127.0.0.1'
        backend_port0 = %4$d
        num_init_children = 4
        max_pool = 1
        enable_pool_hba = off
        allow_clear_text_frontend_auth = on
        pool_passwd = ''
        sr_check_period = 0
        health_check_period = 0
        failover_on_backend_error = off
        load_balance_mode = off
        log_destination = 'stderr'
        """
            .formatted(port, PoolerProcess.freePort(), directory, server.port()));
    List<String> command =
        List.of(
            PROGRAM.toString(),
            "-n",
            "-f",
            configuration.toString(),
            "-F",
            empty.toString(),
            "-a",
            empty.toString());
    return new Pgpool(PoolerProcess.start(directory, port, command));
  }

  /** The vendor's URL of a database, through pgpool-II. */
  String url(String database) {
    return process.url(database);
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
