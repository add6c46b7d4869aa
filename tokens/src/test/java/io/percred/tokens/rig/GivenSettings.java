package io.percred.tokens.rig;

import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Settings;
import io.percred.tokens.TokensError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Settings as a test gives them, each value checked against the type of its property at use. */
public final class GivenSettings implements Settings {
  private final Map<String, String> values = new HashMap<>();
  private final Set<String> fromUrl = new HashSet<>();

  public static GivenSettings of(String... keysAndValues) {
    GivenSettings settings = new GivenSettings();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return settings;
  }

  public static GivenSettings of(Map<String, String> values) {
    GivenSettings settings = new GivenSettings();
    settings.values.putAll(values);
    return settings;
  }

  public GivenSettings inUrl(String... keys) {
    fromUrl.addAll(List.of(keys));
    return this;
  }

  @Override
  public @Nullable String text(PropertyDescriptor property) {
    String value = values.getOrDefault(property.key(), property.defaultValue());
    if (value != null && !property.type().accepts(value)) {
      throw new IllegalArgumentException(property.key() + " must be " + property.type().allowed());
    }
    return value;
  }

  @Override
  public boolean isGiven(PropertyDescriptor property) {
    return values.containsKey(property.key());
  }

  @Override
  public boolean isFromUrl(PropertyDescriptor property) {
    return fromUrl.contains(property.key());
  }

  @Override
  public boolean flag(PropertyDescriptor property) {
    return Boolean.parseBoolean(text(property));
  }

  @Override
  public int wholeNumber(PropertyDescriptor property) {
    return Integer.parseInt(required(property));
  }

  @Override
  public Duration timeSpan(PropertyDescriptor property) {
    return Objects.requireNonNull(PropertyType.TimeSpan.parse(required(property)));
  }

  @Override
  public <E extends Enum<E>> E choice(PropertyDescriptor property, Class<E> constants) {
    return Arrays.stream(constants.getEnumConstants())
        .filter(each -> PropertyType.Choice.wordOf(each).equals(text(property)))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public List<String> words(PropertyDescriptor property) {
    String list = text(property);
    return list == null
        ? List.of()
        : Arrays.stream(list.split(",")).map(String::strip).filter(w -> !w.isEmpty()).toList();
  }

  @Override
  public @Nullable String secret(PropertyDescriptor property) throws SQLException {
    String value = text(property);
    if (value == null || !value.startsWith("file:")) {
      return value;
    }
    try {
      return Files.readString(Path.of(value.substring("file:".length()))).strip();
    } catch (IOException e) {
      throw PercredError.of(TokensError.BAD_VALUE, property.key(), "no such file").toSqlException();
    }
  }

  @Override
  public Map<String, String> family(PropertyDescriptor property) {
    return Map.of();
  }

  /** Shows keys only, as the driver's settings do. */
  @Override
  public String toString() {
    return "GivenSettings" + values.keySet();
  }

  private String required(PropertyDescriptor property) {
    return Objects.requireNonNull(text(property), property.key());
  }
}
