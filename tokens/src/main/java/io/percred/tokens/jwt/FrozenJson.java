package io.percred.tokens.jwt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes parsed JSON unmodifiable all the way down, so that callers may share it. */
public final class FrozenJson {
  private FrozenJson() {}

  /** An unmodifiable copy. */
  public static Map<String, Object> of(Map<String, Object> object) {
    Map<String, Object> copy = new LinkedHashMap<>();
    object.forEach((name, value) -> copy.put(name, frozen(value)));
    return Collections.unmodifiableMap(copy);
  }

  // Nulls are values in JSON.
  @SuppressWarnings("NullAway")
  private static @Nullable Object frozen(@Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
      object.forEach((name, member) -> copy.put(name, frozen(member)));
      return Collections.unmodifiableMap(copy);
    }
    if (value instanceof List<?> array) {
      return Collections.unmodifiableList(
          array.stream().map(FrozenJson::frozen).collect(java.util.stream.Collectors.toList()));
    }
    return value;
  }
}
