package io.percred.postgres;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * pgjdbc in the one jar for tools, where it is percred's own affair. It registers itself with
 * DriverManager as soon as anybody uses it. A tool that was given {@code PlainUrlDriver} and asks
 * DriverManager all the same would then get pgjdbc's connection, and send the caller's token to the
 * server as the login's password; unregistered, it gets none.
 */
final class BundledDriver {
  private static final Logger LOG = LoggerFactory.getLogger(BundledDriver.class);
  private static final String MARK = "META-INF/io.percred.bundle";
  private static final String REGISTERED = "META-INF/services/java.sql.Driver";
  private static final String PGJDBC = "org.postgresql.Driver";

  private BundledDriver() {}

  /** Takes pgjdbc out of DriverManager, if this is the bundle and nobody else brought pgjdbc. */
  static void unregister() {
    ClassLoader loader = BundledDriver.class.getClassLoader();
    try {
      if (loader.getResource(MARK) != null
          && !isBroughtByOthers(loader)
          && org.postgresql.Driver.isRegistered()) {
        org.postgresql.Driver.deregister();
      }
    } catch (IOException | SQLException e) {
      LOG.warn("pgjdbc stays registered with DriverManager", e);
    }
  }

  private static boolean isBroughtByOthers(ClassLoader loader) throws IOException {
    for (URL list : Collections.list(loader.getResources(REGISTERED))) {
      try (var in = list.openStream()) {
        if (new String(in.readAllBytes(), StandardCharsets.UTF_8).contains(PGJDBC)) {
          return true;
        }
      }
    }
    return false;
  }
}
