package io.percred.postgres.claims;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The settings that a caller's SQL must not change while {@code percred.guard} is on. */
final class GuardedNames {
  private GuardedNames() {}

  /** Those that are managed, and those that say who the session is. */
  static Set<String> of(Set<String> managed) {
    Set<String> names = new HashSet<>(managed);
    names.add("role");
    names.add("session_authorization");
    return Set.copyOf(names);
  }

  /** A name as PostgreSQL compares it: settings are not case-sensitive. */
  static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
