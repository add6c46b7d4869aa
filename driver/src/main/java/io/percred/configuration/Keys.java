package io.percred.configuration;

import java.util.Locale;

/** Which keys are percred's: every spelling of the beginning, so that no slip reaches a vendor. */
final class Keys {
  static final String PREFIX = "percred.";
  private static final int SLIPS = 2;

  private Keys() {}

  /** Whether the key begins with {@code percred.} in any case, or with a slip of the pen of it. */
  static boolean isPercreds(String key) {
    int dot = key.indexOf('.');
    if (dot < 0) {
      return false;
    }
    String first = key.substring(0, dot).toLowerCase(Locale.ROOT);
    return first.equals("percred") || EditDistance.between(first, "percred") <= SLIPS;
  }
}
