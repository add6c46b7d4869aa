package io.percred.configuration;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Settings whose values were checked when they were read. Immutable. */
public final class CheckedSettings implements Settings {
  private static final String SERVICE = Keys.PREFIX + "service.";

  private final SortedMap<String, Given> given;
  private final KnownProperties known;
  private final SecretSource secrets;

  CheckedSettings(Map<String, Given> given, KnownProperties known, SecretSource secrets) {
    this.given = new TreeMap<>(given);
    this.known = known;
    this.secrets = secrets;
  }

  /**
   * The same settings as suppliers of the service account read them: where there is a property
   * {@code percred.service.NAME}, it stands in the place of {@code percred.NAME}, given or not, so
   * that the account of the callers is never mixed with that of the service.
   */
  public CheckedSettings ofServiceAccount() {
    Map<String, Given> replaced = new TreeMap<>(given);
    for (String key : known.singleKeys()) {
      if (key.startsWith(SERVICE)) {
        String twin = Keys.PREFIX + key.substring(SERVICE.length());
        Given own = given.get(key);
        if (own == null) {
          replaced.remove(twin);
        } else {
          replaced.put(twin, own);
        }
      }
    }
    return new CheckedSettings(replaced, known, secrets);
  }

  @Override
  public @Nullable String text(PropertyDescriptor property) {
    Given found = given.get(property.key());
    return found == null ? property.defaultValue() : found.value();
  }

  @Override
  public boolean isGiven(PropertyDescriptor property) {
    return matching(property).findAny().isPresent();
  }

  @Override
  public boolean isFromUrl(PropertyDescriptor property) {
    return matching(property).anyMatch(Given::fromUrl);
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
    return Objects.requireNonNull(PropertyType.TimeSpan.parse(required(property)), property.key());
  }

  @Override
  public <E extends Enum<E>> E choice(PropertyDescriptor property, Class<E> constants) {
    String word = required(property);
    return Stream.of(constants.getEnumConstants())
        .filter(constant -> PropertyType.Choice.wordOf(constant).equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(property.key() + " has no such choice"));
  }

  @Override
  public List<String> words(PropertyDescriptor property) {
    String list = text(property);
    return list == null
        ? List.of()
        : Stream.of(list.split(",")).map(String::strip).filter(word -> !word.isEmpty()).toList();
  }

  @Override
  public @Nullable String secret(PropertyDescriptor property) throws SQLException {
    Given found = given.get(property.key());
    if (found != null) {
      return secrets.read(property.key(), found.value(), found.fromUrl());
    }
    String byDefault = property.defaultValue();
    return byDefault == null ? null : secrets.read(property.key(), byDefault, false);
  }

  @Override
  public Map<String, String> family(PropertyDescriptor property) {
    Map<String, String> members = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          if (KnownProperties.isMember(property, key)) {
            members.put(key.substring(property.key().length()), value.value());
          }
        });
    return members;
  }

  /** Whether any value of the URL holds {@code text}, so that a stranger may have chosen it. */
  public boolean isInUrl(String text) {
    return given.values().stream().anyMatch(each -> each.fromUrl() && each.value().contains(text));
  }

  /**
   * The chains of suppliers that were given, by their properties.
   *
   * @param ofUrl whether those that connection properties give are left out
   */
  public Map<String, String> chains(boolean ofUrl) {
    Map<String, String> chains = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          if (SupplierSpecification.isNamedBy(key) && (value.fromUrl() || !ofUrl)) {
            chains.put(key, value.value());
          }
        });
    return chains;
  }

  /** Hands over key and value of everything that was given, in the order of the keys. */
  public void forEachGiven(BiConsumer<String, Given> reader) {
    given.forEach(reader);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CheckedSettings that && given.equals(that.given);
  }

  @Override
  public int hashCode() {
    return given.hashCode();
  }

  /** Shows the keys that were given, no value. */
  @Override
  public String toString() {
    return "Settings" + given.keySet();
  }

  /** What was given for a property, or for every member of a family. */
  private Stream<Given> matching(PropertyDescriptor property) {
    if (property.type() instanceof PropertyType.Family) {
      return given.entrySet().stream()
          .filter(each -> KnownProperties.isMember(property, each.getKey()))
          .map(Map.Entry::getValue);
    }
    return Stream.ofNullable(given.get(property.key()));
  }

  private String required(PropertyDescriptor property) {
    String value = text(property);
    if (value == null) {
      throw new IllegalStateException(property.key() + " has neither value nor default");
    }
    return value;
  }

  /**
   * A value and where it came from.
   *
   * @param value as it was given, so maybe a secret
   * @param fromUrl whether the URL gave it
   */
  public record Given(String value, boolean fromUrl) {
    /** Shows no value. */
    @Override
    public String toString() {
      return fromUrl ? "from the URL" : "from the properties";
    }
  }
}
