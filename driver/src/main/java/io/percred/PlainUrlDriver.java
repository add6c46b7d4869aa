package io.percred;

import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionUrl;

/**
 * percred for tools that insist on the database's plain URL: accepts {@code jdbc:postgresql:…}, or
 * whatever an installed adapter is for, beside percred's own URLs. Not registered, so it takes no
 * connection from anybody who did not name this class.
 */
public final class PlainUrlDriver extends AbstractPercredDriver {
  /** For tools that are given the class name. */
  public PlainUrlDriver() {}

  @Override
  boolean isOwn(String url) {
    return url.startsWith(ConnectionUrl.PREFIX)
        || Installed.onThisThread().adapters().names().stream()
            .anyMatch(subprotocol -> url.startsWith("jdbc:" + subprotocol + ":"));
  }
}
