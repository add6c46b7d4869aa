package io.percred.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.percred.spi.PercredError;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
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
  public static class LikeSnowflakes implements Driver {
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

  /** The same, of another name. */
  public static final class Another extends LikeSnowflakes {
    /** For the service loader. */
    public Another() {}
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

  @Test
  void severalDriversAreRefusedByNameUnlessOneIsChosen() throws Exception {
    String one = LikeSnowflakes.class.getName();
    String other = Another.class.getName();
    use(listing("one", one), copied("two", other));
    assertThatThrownBy(VendorDriver::find)
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> {
              assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-361");
              assertThat(e.getMessage()).contains(one, other);
            });
    assertThat(VendorDriver.find(other).getClass().getName()).isEqualTo(other);
    assertThat(VendorDriver.find(one)).isInstanceOf(LikeSnowflakes.class);
    assertThatThrownBy(() -> VendorDriver.find("org.example.Gone"))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(PercredError.stableCodeOf(e)).isEqualTo("PERCRED-350"));
  }

  @Test
  void oneJarThatRegistersItsDriverUnderTwoNamesIsOneDriver() throws Exception {
    use(listing("one", LikeSnowflakes.class.getName() + "\n" + Another.class.getName()));
    assertThat(VendorDriver.find()).isInstanceOf(LikeSnowflakes.class);
  }

  /** A driver whose class is loaded from a place of its own. */
  private URL copied(String name, String driver) throws Exception {
    URL root = listing(name, driver);
    String file = driver.replace('.', '/') + ".class";
    Path copy = Path.of(root.toURI()).resolve(file);
    Files.createDirectories(copy.getParent());
    try (InputStream in = VendorDriverTest.class.getResourceAsStream('/' + file)) {
      Files.copy(Objects.requireNonNull(in, file), copy);
    }
    return root;
  }

  private URL listing(String name, String driver) throws Exception {
    Path services = directory.resolve(name).resolve("META-INF/services");
    Files.createDirectories(services);
    Files.writeString(services.resolve("java.sql.Driver"), driver);
    return directory.resolve(name).toUri().toURL();
  }

  private static void use(URL... directories) {
    Thread.currentThread().setContextClassLoader(new OwnFirst(directories));
  }

  /** Has {@link Another} from the directories, if it is there. */
  private static final class OwnFirst extends URLClassLoader {
    OwnFirst(URL... directories) {
      super(directories, VendorDriverTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      boolean own =
          name.equals(Another.class.getName())
              && findResource(name.replace('.', '/') + ".class") != null;
      Class<?> loaded = own ? findLoadedClass(name) : null;
      if (own) {
        return loaded == null ? findClass(name) : loaded;
      }
      return super.loadClass(name, resolve);
    }
  }
}
