package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.percred.conformance.ChildJvm.Ended;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What percred says once in a JVM of drivers beside it. */
class OtherDriversTest {
  @TempDir Path directory = Path.of("");

  @Test
  void propertiesThatNobodyReadsAreWarnedOfOnce() throws Exception {
    Ended ended =
        run(
            """
            Driver percred = new io.percred.PercredDriver();
            Properties properties = new Properties();
            percred.connect("jdbc:postgresql://127.0.0.1:1/db", properties);
            System.out.println("so far");
            percred.connect("jdbc:postgresql://h/db?user=a&percred.setting=app.t", properties);
            properties.setProperty("percred.setting", "app.t");
            percred.connect("jdbc:postgresql://127.0.0.1:1/db", properties);
            """);
    assertThat(ended.printed()).containsOnlyOnce("begin the URL with jdbc:percred:");
    assertThat(ended.printed().indexOf("so far")).isLessThan(ended.printed().indexOf("begin the"));
  }

  @Test
  void plainUrlDriverWarnsOfPgjdbcInDriverManager() throws Exception {
    Ended ended = run("Class.forName(\"io.percred.PlainUrlDriver\");");
    assertThat(ended.printed())
        .containsOnlyOnce("org.postgresql.Driver is registered for jdbc:postgresql: URLs")
        .contains("Remedy: ");
  }

  private Ended run(String body) throws Exception {
    List<Path> classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(Path::of)
            .toList();
    ChildJvm jvm = new ChildJvm(classPath, directory);
    jvm.compile(
        "Tool.java",
        """
        import java.sql.Driver;
        import java.util.Properties;

        public class Tool {
          public static void main(String[] arguments) throws Exception {
            %s
          }
        }
        """
            .formatted(body));
    return jvm.run("Tool", List.of(), Map.of());
  }
}
