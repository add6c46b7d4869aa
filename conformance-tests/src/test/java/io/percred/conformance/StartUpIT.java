package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.ChildJvm.Ended;
import io.percred.rig.PostgresServer;
import io.percred.rig.PostgresServers;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start-up with Hibernate and Flyway that README shows. */
class StartUpIT {
  private static final String DATABASE = "start_up";

  @TempDir Path directory = Path.of("");

  @Test
  void hibernateAndFlywayStartAsReadmeSays() throws Exception {
    PostgresServer server = PostgresServers.chosen().get(0);
    server.execute("postgres", "drop database if exists " + DATABASE + " with (force)");
    server.execute("postgres", "create database " + DATABASE + " owner shop_owner");
    Path migrations = Files.createDirectories(directory.resolve("db/migration"));
    Files.writeString(
        migrations.resolve("V1__contacts.sql"),
        """
        create table contact (id int primary key, name text, owner text);
        alter table contact enable row level security;
        create policy own_contacts on contact using (owner = current_setting('app.api_token'));
        grant select on contact to app;
        insert into contact values (1, 'Ada', 'token-of-ann'), (2, 'Bob', 'token-of-ben'),
          (3, 'migrated by ' || current_setting('app.api_token'), 'token-of-ann');
        """);
    ChildJvm application =
        new ChildJvm(
            Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .toList(),
            directory);

    application.compile("Application.java", Pages.readme("start-up: Application.java"));
    Ended ended =
        application.run(
            "Application",
            List.of("token-of-ben", "token-of-ann"),
            Map.of(
                "DATABASE_URL", PostgresIT.percredUrl(server.url(DATABASE)),
                "DATABASE_PASSWORD", PostgresServer.APP.password(),
                "OWNER_PASSWORD", PostgresServer.OWNER.password(),
                "SERVICE_TOKEN", "token-of-service"));

    assertThat(ended.exitCode()).as(ended.printed()).isZero();
    assertThat(ended.printed()).contains("\nBob\nAda\nmigrated by token-of-service\n");
  }
}
