package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.rig.EmbeddedServer;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import io.percred.rig.ServerCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed: one of its own, of the newest version that the tests run on. */
class ServerDeathIT {
  private static final Logger STOPPING =
      Logger.getLogger("io.zonky.test.db.postgres.embedded.EmbeddedPostgres");

  /** Who stops the server finds it gone, and says so at length. */
  @BeforeEach
  void silence() {
    STOPPING.setLevel(Level.OFF);
  }

  @AfterEach
  void listenAgain() {
    STOPPING.setLevel(null);
  }

  @Test
  void serverThatDiesEndsTheConnection(@TempDir Path directory) throws Exception {
    List<PostgresServer> chosen = PostgresServers.chosen();
    int version = chosen.get(chosen.size() - 1).majorVersion();
    try (EmbeddedServer own = EmbeddedServer.start(version, ServerCertificates.create(directory));
        Connection connection =
            DriverManager.getConnection(
                PostgresIT.percredUrl(own.url("postgres")), PostgresIT.appLogin())) {
      assertSees(connection);
      kill(own);

      SQLException ended = PostgresIT.as(PostgresIT.BOB, () -> untilItFails(connection));
      assertThat(ended.getSQLState()).isIn("57P01", "57P02", "08006");
      PostgresIT.as(PostgresIT.BOB, () -> PostgresIT.failure(() -> PostgresIT.who(connection)));
    }
  }

  private static void assertSees(Connection connection) throws Exception {
    assertThat(PostgresIT.as(PostgresIT.ALICE, () -> PostgresIT.who(connection)))
        .isEqualTo(PostgresIT.ALICE.token());
  }

  private static void kill(EmbeddedServer server) throws Exception {
    try (Connection superuser = server.connect("postgres", server.superuser())) {
      Path data = Path.of(PostgresIT.ask(superuser, "show data_directory"));
      String postmaster = Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim();
      ProcessHandle.of(Long.parseLong(postmaster)).orElseThrow().destroyForcibly();
    }
  }

  /** Processes of the server notice one after the other that it is gone. */
  private static SQLException untilItFails(Connection connection) {
    while (true) {
      try {
        assertThat(PostgresIT.who(connection)).isEqualTo(PostgresIT.BOB.token());
      } catch (SQLException e) {
        return e;
      }
    }
  }
}
