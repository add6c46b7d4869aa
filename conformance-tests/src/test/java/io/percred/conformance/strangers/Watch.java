package io.percred.conformance.strangers;

import java.net.InetAddress;
import java.nio.file.Path;
import java.security.Permission;

/**
 * Sees which files are opened, which programs run and which hosts are asked for, where the JDK
 * still has security managers (up to 23); later ones see what was sent only.
 */
@SuppressWarnings("removal")
final class Watch extends SecurityManager {
  private final String forbidden;

  private Watch(Path forbidden) {
    this.forbidden = forbidden.toString();
  }

  /** Watches until the end, or returns false where that cannot be. */
  static boolean begin(Path forbidden) {
    try {
      System.setSecurityManager(new Watch(forbidden));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  static void end() {
    try {
      System.setSecurityManager(null);
    } catch (UnsupportedOperationException e) {
      // There is none, then.
    }
  }

  @Override
  public void checkRead(String file) {
    if (file.startsWith(forbidden)) {
      Alarms.raise("a file off the list was opened: " + file);
    }
  }

  @Override
  public void checkWrite(String file) {
    checkRead(file);
  }

  @Override
  public void checkExec(String command) {
    Alarms.raise("a program off the list was run: " + command);
    throw new SecurityException(command);
  }

  @Override
  public void checkConnect(String host, int port) {
    if (!host.equals("localhost")
        && !host.equals(InetAddress.getLoopbackAddress().getHostAddress())) {
      if (!host.equalsIgnoreCase(TypedUrls.ALLOWED)) {
        Alarms.raise("a host off the list was asked for: " + host);
      }
      throw new SecurityException(host);
    }
  }

  @Override
  public void checkConnect(String host, int port, Object context) {
    checkConnect(host, port);
  }

  @Override
  public void checkPermission(Permission permission) {}

  @Override
  public void checkPermission(Permission permission, Object context) {}
}
