package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.conformance.ChildJvm.Ended;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;

/**
 * A new project that does what README says, and has no more on its class path than the one
 * dependency brings, pgjdbc and HikariCP.
 */
class NewProjectIT {
  private static final String DATABASE = "new_project";
  private static final NewProject PROJECT = new NewProject("postgres-adapter");

  @TempDir Path directory = Path.of("");

  @Test
  void oneDependencyBringsPercredAndLittleElse() throws Exception {
    PROJECT.assertIsDependency(Pages.readme("new project: dependency"));
    assertThat(PROJECT.broughtAlong())
        .containsExactlyInAnyOrder(
            "commons-pool2",
            "gson",
            "jspecify",
            "percred-driver",
            "percred-session-pool",
            "percred-spi",
            "slf4j-api");
  }

  @Test
  void fewLinesOfCodeDoWhatReadmeSays() throws Exception {
    PostgresServer server = PostgresServers.chosen().get(0);
    prepare(server);
    ChildJvm project = PROJECT.with(directory, Driver.class, HikariDataSource.class);

    project.compile("Contacts.java", Pages.readme("new project: Contacts.java"));
    Ended ended =
        project.run(
            "Contacts",
            List.of("token-of-ann", "token-of-ben"),
            Map.of(
                "DATABASE_URL", PostgresIT.percredUrl(server.url(DATABASE)),
                "DATABASE_PASSWORD", PostgresServer.APP.password()));

    assertThat(ended.printed().lines())
        .filteredOn(line -> !line.startsWith("SLF4J"))
        .filteredOn(line -> !line.startsWith("  Hint"))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("Ada"),
            line -> assertThat(line).isEqualTo("Alan"),
            line -> assertThat(line).isEqualTo("Barbara"),
            line -> assertThat(line).startsWith("28000 ").contains("[percred] No credential"));
    assertThat(ended.exitCode()).isZero();
  }

  private static void prepare(PostgresServer server) throws Exception {
    server.execute("postgres", "drop database if exists " + DATABASE + " with (force)");
    server.execute("postgres", "create database " + DATABASE + " owner shop_owner");
    try (Connection owner = server.connect(DATABASE, PostgresServer.OWNER);
        Statement statement = owner.createStatement()) {
      statement.execute(Pages.readme("new project: schema.sql"));
      statement.execute(Pages.readme("new project: rows.sql"));
    }
  }
}
