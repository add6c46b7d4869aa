package io.percred.resolution;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one connection that hold its tokens, taken out before the vendor's driver could
 * see them. They live with the connection's resolver and nowhere else.
 */
public final class ConnectionSecrets {
  private final Map<String, String> values;

  /** Keeps a copy. */
  public ConnectionSecrets(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  @Nullable String get(String name) {
    return values.get(name);
  }

  /** The names of the properties. */
  public Set<String> names() {
    return values.keySet();
  }

  /** Shows the names, no value. */
  @Override
  public String toString() {
    return "ConnectionSecrets" + values.keySet();
  }
}
