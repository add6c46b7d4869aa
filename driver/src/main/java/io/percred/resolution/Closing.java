package io.percred.resolution;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what belongs to a configuration, whatever that does. */
public final class Closing {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private Closing() {}

  /** Closes; a failure is logged and goes no further. */
  public static void quietly(String what, AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      LOG.warn("{} could not be closed", what, TextlessCause.of(e));
    }
  }
}
