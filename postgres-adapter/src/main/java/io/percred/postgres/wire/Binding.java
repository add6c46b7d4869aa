package io.percred.postgres.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction is bound to: settings by name, every managed one, absent ones empty.
 *
 * @param names the names of the settings, in the order in which they are set
 * @param values their values; secrets
 * @param call a statement without parameters to be run behind them, whose errors are the caller's,
 *     or null; holds no secret
 */
public record Binding(List<String> names, List<String> values, @Nullable String call) {
  /** Settings, and no call behind them. */
  public Binding(List<String> names, List<String> values) {
    this(names, values, null);
  }

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
