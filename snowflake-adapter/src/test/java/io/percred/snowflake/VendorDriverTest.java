package io.percred.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.PercredError;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VendorDriverTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  @TempDir Path directory = Path.of("");

  /** Accepts what Snowflake's driver accepts. */
  public static final class LikeSnowflakes implements Driver {
    /** For the service loader. */
    public LikeSnowflakes() {}

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:snowflake:");
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) {
      return null;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      throw new SQLFeatureNotSupportedException();
    }
  }

  @AfterEach
  void leave() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void driversOfOthersThatDoNotLoadAreNotItsConcern() throws Exception {
    use(
        listing("broken", "this is no class name"),
        listing("gone", "org.example.Gone"),
        listing("good", LikeSnowflakes.class.getName()));
    assertThat(VendorDriver.find()).isInstanceOf(LikeSnowflakes.class);
  }

  @Test
  void withoutDriverItSaysSo() throws Exception {
    use(listing("broken", "this is no class name"), listing("gone", "org.example.Gone"));
    assertThatThrownBy(VendorDriver::find)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-350"));
  }

  private URL listing(String name, String driver) throws Exception {
    Path services = directory.resolve(name).resolve("META-INF/services");
    Files.createDirectories(services);
    Files.writeString(services.resolve("java.sql.Driver"), driver);
    return directory.resolve(name).toUri().toURL();
  }

  private static void use(URL... directories) {
    Thread.currentThread()
        .setContextClassLoader(
            new URLClassLoader(directories, VendorDriverTest.class.getClassLoader()));
  }
}
