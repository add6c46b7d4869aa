package io.percred.conformance.strangers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened that must not happen. */
final class Alarms {
  private static final List<String> RAISED = new CopyOnWriteArrayList<>();

  private Alarms() {}

  static void classMade() {
    raise("a class off the list was made");
  }

  static void raise(String what) {
    RAISED.add(what);
  }

  /** What was raised since the last time. */
  static List<String> taken() {
    List<String> taken = List.copyOf(RAISED);
    RAISED.clear();
    return taken;
  }
}
