package io.percred.runtime;

import java.util.Properties;

/**
 * A connection that somebody wants.
 *
 * @param url percred's URL, or the vendor's own
 * @param properties the caller's, which are neither changed nor kept
 * @param chosen what the application handed over as objects
 */
public record ConnectionRequest(String url, Properties properties, ChosenInCode chosen) {
  /** Shows nothing: URL and properties may hold secrets. */
  @Override
  public String toString() {
    return "ConnectionRequest";
  }
}
