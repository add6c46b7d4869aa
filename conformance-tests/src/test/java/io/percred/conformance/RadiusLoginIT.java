package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.percred.PercredDataSource;
import io.percred.rig.EmbeddedServer;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import io.percred.rig.RadiusServer;
import io.percred.rig.ServerCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Personal access tokens that a RADIUS server judges at each login, with the largest that RADIUS
 * takes. The servers are of the embedded binaries, whatever rig is chosen for the rest.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@FieldSource("VERSIONS")
@SuppressWarnings("NullAway.Init") // JUnit sets the fields.
class RadiusLoginIT extends RemoteLoginIT {
  static final List<Integer> VERSIONS =
      Stream.of(System.getProperty(PostgresServers.VERSIONS, "17").split(",", -1))
          .map(version -> Integer.parseInt(version.strip()))
          .toList();

  private static final String SECRET = "shared-with-the-database";
  private static final int LONGEST_PASSWORD = 128;

  @TempDir static Path directory;
  private static RadiusServer radius;
  private static EmbeddedServer server;

  @Parameter int majorVersion;

  @BeforeParameterizedClassInvocation
  static void start(int majorVersion) throws Exception {
    assumeTrue(
        System.getProperty(PostgresServers.RIG, "embedded").equals("embedded"),
        "the chosen rig has no embedded binaries");
    radius = RadiusServer.start(SECRET);
    Path hba = directory.resolve("pg_hba-" + majorVersion + ".conf");
    Files.writeString(
        hba,
        """
        host    all postgres 127.0.0.1/32 trust
        hostssl all all      127.0.0.1/32 radius radiusservers="127.0.0.1" radiusports="%d" radiussecrets="%s"
        """
            .formatted(radius.port(), SECRET));
    Path certificates = Files.createDirectory(directory.resolve("tls-" + majorVersion));
    server =
        EmbeddedServer.start(
            majorVersion, ServerCertificates.create(certificates), "hba_file = '" + hba + "'");
    createRoles(server);
  }

  @AfterParameterizedClassInvocation
  static void stop() throws IOException {
    server.close();
    radius.close();
  }

  @Override
  PostgresServer server() {
    return server;
  }

  @Override
  Judge judge() {
    return new Judge() {
      @Override
      public void accept(String user, String token) {
        radius.accept(user, token);
      }

      @Override
      public void revoke(String user) {
        radius.revoke(user);
      }
    };
  }

  @Override
  String tokenOf(String user) {
    String start = "pat_" + user + "_";
    return start + "x".repeat(LONGEST_PASSWORD - start.length());
  }

  @Test
  void deniedTokenIsJudgedOnce() throws Exception {
    int before = radius.asked().size();
    try (PercredDataSource source = source();
        Connection handle = source.getConnection()) {
      radius.revoke(ALICE);
      assertDenied(handle, caller(ALICE));
    }
    assertThat(radius.asked()).hasSize(before + 1).endsWith(ALICE);
  }

  @Test
  void openSessionNeedsNoSecondJudgement() throws Exception {
    radius.accept(ALICE, tokenOf(ALICE));
    int before = radius.asked().size();
    try (PercredDataSource source = source();
        Connection handle = source.getConnection()) {
      for (int i = 0; i < 3; i++) {
        assertThat(userSeenBy(handle, caller(ALICE))).isEqualTo(ALICE + " true");
      }
    }
    assertThat(radius.asked()).hasSize(before + 1);
  }

  /** PostgreSQL tells an outage of RADIUS as it tells a denial, so percred cannot do otherwise. */
  @Test
  void judgeThatDoesNotAnswerLetsNobodyIn() throws Exception {
    radius.accept(ALICE, tokenOf(ALICE));
    radius.beSilent(true);
    try (PercredDataSource source = source();
        Connection handle = source.getConnection()) {
      assertDenied(handle, caller(ALICE));
    } finally {
      radius.beSilent(false);
    }
  }
}
