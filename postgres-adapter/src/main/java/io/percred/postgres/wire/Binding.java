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
 * @param loud how many of the settings, the first ones, are about what the server logs: they travel
 *     in no statement that carries a secret
 */
public record Binding(List<String> names, List<String> values, @Nullable String call, int loud) {
  /** Settings none of which is about what the server logs. */
  public Binding(List<String> names, List<String> values, @Nullable String call) {
    this(names, values, call, 0);
  }

  /** Settings, and no call behind them. */
  public Binding(List<String> names, List<String> values) {
    this(names, values, null, 0);
  }

  public Binding {
    names = List.copyOf(names);
    values = List.copyOf(values);
    if (names.size() != values.size()) {
      throw new IllegalArgumentException(names.size() + " names, " + values.size() + " values");
    }
  }

  /** The binding without those of its settings that are about what the server logs. */
  Binding quiet() {
    return loud == 0
        ? this
        : new Binding(names.subList(loud, names.size()), values.subList(loud, values.size()), call);
  }

  /** Shows the names only. */
  @Override
  public String toString() {
    return "Binding" + names;
  }
}
