package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.percred.conformance.ChildJvm.Ended;
import io.percred.snowflake.emulator.DemoData;
import io.percred.snowflake.emulator.SnowflakeEmulator;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * People who do what the guide says: a new project with percred's one dependency, Snowflake's
 * driver and HikariCP, and sqlline with the bundle.
 */
@Tag("snowflake")
class SnowflakeProjectIT {
  private static final String GUIDE = "docs/guides/snowflake.md";
  private static final NewProject PROJECT = new NewProject("snowflake-adapter");

  @TempDir Path directory = Path.of("");

  @Test
  void oneDependencyBringsPercredAndLittleElse() throws Exception {
    PROJECT.assertIsDependency(Pages.block(GUIDE, "new project: dependency"));
    assertThat(PROJECT.broughtAlong())
        .containsExactlyInAnyOrder(
            "commons-pool2",
            "jspecify",
            "percred-driver",
            "percred-session-pool",
            "percred-spi",
            "slf4j-api");
  }

  @Test
  void fewLinesOfCodeDoWhatTheGuideSays() throws Exception {
    ChildJvm project = PROJECT.with(directory, vendorDriver(), HikariDataSource.class);
    project.compile("Customers.java", Pages.block(GUIDE, "new project: Customers.java"));
    try (SnowflakeEmulator emulator = DemoData.start(0)) {
      Ended ended =
          project.run(
              "Customers",
              List.of(token(emulator, "alice", "ANALYST_EU"), token(emulator, "bob", "ANALYST_US")),
              Map.of("DATABASE_URL", emulator.percredUrl() + "&db=DEMO&schema=PUBLIC"));

      assertThat(ended.printed().lines())
          .filteredOn(line -> line.matches("(ALICE|BOB|SERVICE|28000|sessions).*"))
          .satisfiesExactly(
              line -> assertThat(line).isEqualTo("ALICE Ada *****"),
              line -> assertThat(line).isEqualTo("ALICE Blaise *****"),
              line -> assertThat(line).isEqualTo("BOB Grace *****"),
              line -> assertThat(line).isEqualTo("BOB Donald *****"),
              line -> assertThat(line).startsWith("28000 [percred]"),
              line -> assertThat(line).startsWith("sessions: 2 live of at most 20"));
      assertThat(ended.exitCode()).as(ended.printed()).isZero();
      assertThat(emulator.counters().live()).isZero();
    }
  }

  @Test
  void sqllineSeesTheRowsOfTheTokenInThePasswordField() throws Exception {
    ChildJvm tool =
        new Bundle("snowflake").besideSqlline(directory, ChildJvm.homeOf(vendorDriver()));
    try (SnowflakeEmulator emulator = DemoData.start(0)) {
      String url = emulator.percredUrl() + "&db=DEMO&schema=PUBLIC&percred.supplier=password";
      String sql = "select current_user() as who, name from customers order by id;";

      String alice = sqlline(tool, url, token(emulator, "alice", "ANALYST_EU"), sql);
      String nobody = sqlline(tool, url, "", sql);

      assertThat(alice.lines())
          .filteredOn(line -> line.startsWith("'"))
          .containsExactly("'WHO','NAME'", "'ALICE','Ada'", "'ALICE','Blaise'");
      assertThat(nobody).contains("PERCRED-101", "28000").doesNotContain("'Ada'");
      assertThat(emulator.counters().live()).isZero();
    }
  }

  private static String sqlline(ChildJvm tool, String url, String token, String sql)
      throws Exception {
    return Bundle.sqlline(tool, new Bundle.Login(url, "whoever", token), sql, Map.of()).printed();
  }

  private static Class<?> vendorDriver() throws Exception {
    Driver driver = DriverManager.getDriver("jdbc:snowflake://127.0.0.1/");
    return driver.getClass();
  }

  private static String token(SnowflakeEmulator emulator, String user, String role) {
    return emulator.tokens().token(user, role, Duration.ofMinutes(10));
  }
}
