package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.spi.FromUrl;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.VendorReading;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a URL may not say. URLs are typed by strangers into BI servers, together with the host that
 * gets what they name: a file or variable of the server's, or a token in the clear.
 */
public final class UrlRules {
  /** Directories below which a URL may name files, separated as paths in PATH are. */
  public static final String ALLOWED_DIRECTORIES = "PERCRED_ALLOWED_DIRS";

  /** Environment variables that a URL may name, separated by commas. */
  public static final String ALLOWED_VARIABLES = "PERCRED_ALLOWED_VARIABLES";

  /** Hosts that a URL may send secrets to or name as endpoints, separated by commas. */
  public static final String ALLOWED_HOSTS = "PERCRED_ALLOWED_HOSTS";

  /** Classes that a URL may name, separated by commas. */
  public static final String ALLOWED_CLASSES = "PERCRED_ALLOWED_CLASSES";

  /** Whether URLs are the administrator's; as {@link DriverProperty#URL_TRUSTED}. */
  public static final String URL_TRUSTED = "PERCRED_URL_TRUSTED";

  private static final String OWN_VARIABLES = "PERCRED_";
  private static final String ALLOWANCES = OWN_VARIABLES + "ALLOWED_";

  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  private final Surroundings surroundings;

  /** Rules with the allowances of an administrator. */
  public UrlRules(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Checks one value of a URL. A text that begins as the name of a file or variable does counts as
   * one, whatever its property says: providers read keys and the like from there too.
   *
   * @throws SQLException with PERCRED-003 if a URL may not say it
   */
  void check(String key, PropertyDescriptor property, String value) throws SQLException {
    PropertyType type = property.type();
    if (type instanceof PropertyType.Family family) {
      type = family.valueType();
    }
    boolean mayName = type instanceof PropertyType.Secret || type instanceof PropertyType.Text;
    if (mayName && value.startsWith(SecretSource.FILE)) {
      checkFile(key, value.substring(SecretSource.FILE.length()));
    } else if (mayName && value.startsWith(SecretSource.VARIABLE)) {
      checkVariable(key, value.substring(SecretSource.VARIABLE.length()));
    } else if (property.sensitive()) {
      throw refused(
          key, "a secret must not stand", "name its place there as file:PATH or env:NAME");
    } else if (type instanceof PropertyType.HttpAddress || (mayName && isAddress(value))) {
      checkEndpoint(key, value);
    }
  }

  /**
   * Checks an address that a URL names for percred to send tokens to or to take keys from.
   *
   * @throws SQLException with PERCRED-003 if it is neither https nor this machine's, or its host is
   *     not allowed
   */
  private void checkEndpoint(String key, String address) throws SQLException {
    URI uri = uriOf(address);
    String host = uri == null ? null : uri.getHost();
    if (uri == null || host == null) {
      throw refused(key, "only whole addresses are allowed", "write it like https://host/path");
    }
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    if (!https && !isLoopback(host)) {
      throw refused(key, "only https addresses and loopback are allowed", "use https");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : https ? HTTPS_PORT : HTTP_PORT;
    if (!isAllowed(new VendorReading.Host(host, port))) {
      throw refused(
          key,
          "only hosts of " + ALLOWED_HOSTS + " may be named, and " + host + " is not",
          "have the administrator add the host to " + ALLOWED_HOSTS);
    }
  }

  /** Whether the machine's list names this host, with this port or without any. */
  public boolean isAllowed(VendorReading.Host host) {
    return surroundings.allowance(ALLOWED_HOSTS, ",").stream()
        .anyMatch(
            allowed ->
                allowed.equalsIgnoreCase(host.name()) || allowed.equalsIgnoreCase(host.toString()));
  }

  /**
   * Checks a vendor's parameter that a URL gives.
   *
   * @param fixed what the connection properties say of it, or null
   * @throws SQLException with PERCRED-003 if the URL may not say it
   */
  public void checkParameter(VendorReading.Parameter given, FromUrl rule, @Nullable String fixed)
      throws SQLException {
    String name = Shown.shortened(given.name());
    if (rule instanceof FromUrl.Names names && !given.value().equals(fixed)) {
      if (fixed != null) {
        FixedValues.check(name, FromUrl.keeps(), given.value(), new FixedValues.Fixed(true, fixed));
      }
      switch (names.kind()) {
        case CLASS -> checkClass(name, given.value());
        case FILE -> checkFile(name, given.value());
        case HOST -> checkHost(name, given.value());
      }
    }
    FixedValues.check(name, rule, given.value(), new FixedValues.Fixed(fixed != null, fixed));
  }

  /**
   * Checks a class that a URL names.
   *
   * @throws SQLException with PERCRED-003 if it is not allowed
   */
  void checkClass(String key, String name) throws SQLException {
    if (!surroundings.allowance(ALLOWED_CLASSES, ",").contains(name)) {
      throw refused(
          key,
          "only classes of " + ALLOWED_CLASSES + " may be named",
          "have the administrator add the class to " + ALLOWED_CLASSES);
    }
  }

  /**
   * Checks a host that a URL names otherwise than as the host of the database.
   *
   * @throws SQLException with PERCRED-003 if it is not allowed
   */
  void checkHost(String key, String name) throws SQLException {
    if (!surroundings.allowance(ALLOWED_HOSTS, ",").contains(name)) {
      throw refused(
          key,
          "only hosts of " + ALLOWED_HOSTS + " may be named",
          "have the administrator add the host to " + ALLOWED_HOSTS);
    }
  }

  /**
   * Checks a file that a URL names; to be repeated when the file is opened, with the path that this
   * returns, as links may have changed.
   *
   * @return the path without links, or as it was given if there is no such file
   * @throws SQLException with PERCRED-003 if it is outside the allowed directories
   */
  public Path checkFile(String key, String path) throws SQLException {
    try {
      Path absolute = Path.of(path).toAbsolutePath().normalize();
      List<String> allowed = surroundings.allowance(ALLOWED_DIRECTORIES, File.pathSeparator);
      // Where it seems to be is checked first, so that nothing can be learned about files
      // elsewhere.
      if (isBelow(absolute, allowed)) {
        Path real = absolute.toFile().exists() ? absolute.toRealPath() : absolute;
        if (isBelow(real, allowed)) {
          return real;
        }
      }
    } catch (IOException | InvalidPathException e) {
      // Falls through to the refusal: what cannot be located is not allowed.
    }
    throw refused(
        key,
        "only files below the directories of " + ALLOWED_DIRECTORIES + " may be named",
        "have the administrator add the directory to " + ALLOWED_DIRECTORIES);
  }

  /**
   * Checks an environment variable that a URL names: {@code PERCRED_…}, or one that is allowed.
   *
   * @throws SQLException with PERCRED-003 if it is neither
   */
  public void checkVariable(String key, String name) throws SQLException {
    boolean ofAllowances = name.startsWith(ALLOWANCES) || name.equals(URL_TRUSTED);
    if (!(name.startsWith(OWN_VARIABLES) && !ofAllowances)
        && !surroundings.allowance(ALLOWED_VARIABLES, ",").contains(name)) {
      throw refused(
          key,
          "only variables whose names begin with PERCRED_ or are listed in "
              + ALLOWED_VARIABLES
              + " may be named",
          "have the administrator add the variable to " + ALLOWED_VARIABLES);
    }
  }

  private static boolean isBelow(Path path, List<String> directories) throws IOException {
    for (String directory : directories) {
      Path allowed = Path.of(directory).toAbsolutePath().normalize();
      if (path.startsWith(allowed)
          || (allowed.toFile().exists() && path.startsWith(allowed.toRealPath()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAddress(String text) {
    return text.regionMatches(true, 0, "http:", 0, 5)
        || text.regionMatches(true, 0, "https:", 0, 6);
  }

  private static @Nullable URI uriOf(String address) {
    try {
      return new URI(address);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** Told by what is written, not by asking a name server, whose answer may change. */
  private static boolean isLoopback(String host) {
    String plain = host.toLowerCase(Locale.ROOT);
    return plain.equals("localhost")
        || plain.equals("[::1]")
        || plain.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  static SQLException refused(String key, String rule, String remedy) {
    return PercredError.of(DriverError.NOT_IN_URL, key, rule, remedy).toSqlException();
  }
}
