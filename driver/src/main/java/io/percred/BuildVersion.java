package io.percred;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version that the build wrote beside this class. */
final class BuildVersion {
  static final int MAJOR;
  static final int MINOR;

  static {
    Matcher version = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(read());
    boolean known = version.matches();
    MAJOR = known ? Integer.parseInt(version.group(1)) : 0;
    MINOR = known ? Integer.parseInt(version.group(2)) : 0;
  }

  private BuildVersion() {}

  private static String read() {
    Properties properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "");
  }
}
