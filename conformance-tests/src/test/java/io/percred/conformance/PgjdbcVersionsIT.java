package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.ChildJvm.Ended;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.jul.JDK14LoggerAdapter;

/**
 * Each pgjdbc that people still have, in a JVM of its own with the one dependency: two callers in
 * turn, in every way a statement can be sent, asked of the database.
 */
class PgjdbcVersionsIT {
  private static final NewProject PROJECT = new NewProject("postgres-adapter");
  private static final String PROGRAM =
      """
      import io.percred.CallerContext;
      import io.percred.CallerScope;
      import io.percred.spi.Credential;
      import java.io.StringWriter;
      import java.sql.*;
      import org.postgresql.PGConnection;

      public class EveryWay {
        private static final String WHO = "select current_setting('app.api_token', true)";

        public static void main(String[] url) throws Exception {
          try (Connection connection = DriverManager.getConnection(url[0])) {
            for (int i = 0; i < 8; i++) {
              String token = i % 2 == 0 ? "ann" : "ben";
              try (CallerScope request = CallerContext.open(Credential.of(token))) {
                ask(connection, token);
              }
            }
            try (Statement statement = connection.createStatement()) {
              statement.executeQuery(WHO);
              System.out.println("nobody was not refused");
            } catch (SQLException e) {
              System.out.println(e.getSQLState());
            }
            System.out.println(connection.getMetaData().getDriverVersion());
          }
        }

        private static void ask(Connection connection, String token) throws Exception {
          try (Statement statement = connection.createStatement()) {
            same("statement", token, statement.executeQuery(WHO));
          }
          try (PreparedStatement prepared = connection.prepareStatement(WHO)) {
            for (int i = 0; i < 7; i++) {
              same("prepared", token, prepared.executeQuery());
            }
          }
          connection.setAutoCommit(false);
          try (Statement statement = connection.createStatement()) {
            same("transaction", token, statement.executeQuery(WHO));
            Savepoint savepoint = connection.setSavepoint();
            statement.execute("create temporary table asked (who text default current_setting('app.api_token'))");
            connection.rollback(savepoint);
            statement.execute("create temporary table asked (who text default current_setting('app.api_token'))");
            for (int i = 0; i < 3; i++) {
              statement.addBatch("insert into asked default values");
            }
            statement.executeBatch();
            StringWriter copied = new StringWriter();
            connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy asked to stdout", copied);
            require("batch and copy", (token + '\\n').repeat(3), copied.toString());
            statement.setFetchSize(2);
            try (ResultSet rows = statement.executeQuery("select who from asked")) {
              int count = 0;
              while (rows.next()) {
                require("cursor", token, rows.getString(1));
                count++;
              }
              require("rows", "3", String.valueOf(count));
            }
          }
          connection.rollback();
          connection.setAutoCommit(true);
          connection.getMetaData().getTables(null, null, "pg_class", null).close();
        }

        private static void same(String way, String token, ResultSet rows) throws SQLException {
          rows.next();
          require(way, token, rows.getString(1));
          rows.close();
        }

        private static void require(String way, String expected, String found) {
          if (!expected.equals(found)) {
            System.out.println(way + ": " + found + " instead of " + expected);
          }
        }
      }
      """;

  @TempDir Path directory = Path.of("");

  static Stream<String> versions() throws IOException {
    try (Stream<Path> jars =
        Files.list(Pages.PROJECT.resolve("conformance-tests/target/drivers"))) {
      return jars
          .map(jar -> jar.getFileName().toString())
          .filter(name -> name.startsWith("postgresql-"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void callersInTurnAreToldApart(String jar) throws Exception {
    PostgresServer server = PostgresServers.chosen().get(0);
    ChildJvm jvm = PROJECT.with(directory, Logger.class, JDK14LoggerAdapter.class);
    List<Path> classPath = new ArrayList<>(jvm.classPath());
    classPath.add(Pages.PROJECT.resolve("conformance-tests/target/drivers").resolve(jar));
    ChildJvm project = new ChildJvm(classPath, directory);

    project.compile("EveryWay.java", PROGRAM);
    Ended ended =
        project.run(
            "EveryWay",
            List.of(
                PostgresIT.percredUrl(
                    server.url("postgres"),
                    "user=" + PostgresServer.APP.user(),
                    "password=" + PostgresServer.APP.password())),
            Map.of());

    String version = jar.replace("postgresql-", "").replace(".jar", "");
    assertThat(
            ended
                .printed()
                .lines()
                .filter(line -> !line.contains("WARN") && !line.contains("PgjdbcVersion")))
        .as(ended.printed())
        .contains("28000", version)
        .noneMatch(
            line ->
                line.contains(" instead of ")
                    || line.contains("not refused")
                    || line.contains("Exception"));
    assertThat(ended.printed().contains("CVE-2026-42198"))
        .isEqualTo(version.compareTo("42.7.12") < 0);
    assertThat(ended.exitCode()).isZero();
  }
}
