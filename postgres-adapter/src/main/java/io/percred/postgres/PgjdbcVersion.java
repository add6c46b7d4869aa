package io.percred.postgres;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pgjdbc is on the class path. percred runs on older ones, but two faults of theirs are
 * reachable by whoever answers a login, and pgjdbc's advisories name the first version without
 * them.
 */
final class PgjdbcVersion {
  private static final Logger LOG = LoggerFactory.getLogger(PgjdbcVersion.class);
  private static final Pattern SHAPE = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private PgjdbcVersion() {}

  /** Warns once in this JVM, if there is a reason to. */
  static void warnOnce() {
    String version = present();
    if (isTooOld(version) && TOLD.compareAndSet(false, true)) {
      LOG.warn(
          "[percred] {} has known faults: a server can keep a login busy for ever (CVE-2026-42198) and take"
              + " channel binding away (CVE-2026-54291). Use pgjdbc 42.7.12 or later.",
          version);
    }
  }

  /** Asked at run time: the numbers in pgjdbc's constants would be those of the build. */
  @SuppressWarnings("deprecation") // The only way without a connection.
  private static String present() {
    return org.postgresql.Driver.getVersion();
  }

  /** Whether a version is older than 42.7.12; one that cannot be read is not. */
  static boolean isTooOld(String version) {
    Matcher numbers = SHAPE.matcher(version);
    if (!numbers.find()) {
      return false;
    }
    int[] floor = {42, 7, 12};
    for (int i = 0; i < floor.length; i++) {
      int number = Integer.parseInt(numbers.group(i + 1));
      if (number != floor[i]) {
        return number < floor[i];
      }
    }
    return false;
  }
}
