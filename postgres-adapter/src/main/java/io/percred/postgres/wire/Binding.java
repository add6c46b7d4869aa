package io.percred.postgres.wire;

import java.util.List;

/**
 * What one transaction is bound to: settings by name, every managed one, absent ones empty.
 *
 * @param names the names of the settings, in the order in which they are set
 * @param values their values; secrets
 */
public record Binding(List<String> names, List<String> values) {
  public Binding {
    names = List.copyOf(names);
    values = List.copyOf(values);
    if (names.size() != values.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + values.size() + " values");
    }
  }

  /** Shows the names only. */
  @Override
  public String toString() {
    return "Binding" + names;
  }
}
