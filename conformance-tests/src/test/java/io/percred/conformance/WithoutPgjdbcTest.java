package io.percred.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** percred where the application forgot pgjdbc. */
class WithoutPgjdbcTest {
  @Test
  void missingDriverOfTheVendorIsToldAsThat() throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = withoutPgjdbc()) {
      Thread.currentThread().setContextClassLoader(loader);
      Driver driver =
          (Driver)
              loader.loadClass("io.percred.PercredDriver").getDeclaredConstructor().newInstance();
      SQLException missing =
          PostgresIT.failure(
              () -> driver.connect("jdbc:percred:postgresql://localhost/db", new Properties()));
      assertThat(missing.getErrorCode()).as(missing.getMessage()).isEqualTo(6);
      assertThat(missing.getSQLState()).isEqualTo("22023");
      assertThat(missing.getMessage())
          .contains("org.postgresql.", "JDBC driver")
          .doesNotContain("percred-postgres-adapter");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static URLClassLoader withoutPgjdbc() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!Path.of(entry).getFileName().toString().matches("postgresql-\\d.*\\.jar")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
