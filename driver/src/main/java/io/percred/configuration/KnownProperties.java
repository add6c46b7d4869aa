package io.percred.configuration;

import io.percred.catalogue.Artifacts;
import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The properties that count for one connection: single ones and families. */
public final class KnownProperties {
  private final Map<String, PropertyDescriptor> single = new LinkedHashMap<>();
  private final List<PropertyDescriptor> families = new ArrayList<>();

  /** Of two properties of one name the first counts. */
  public KnownProperties(List<? extends PropertyDescriptor> properties) {
    for (PropertyDescriptor each : properties) {
      if (each.type() instanceof PropertyType.Family) {
        families.add(each);
      } else {
        single.putIfAbsent(each.key(), each);
      }
    }
  }

  Set<String> singleKeys() {
    return single.keySet();
  }

  /** The property that a key belongs to, itself or as member of a family, or null. */
  @Nullable PropertyDescriptor find(String key) {
    PropertyDescriptor found = single.get(key);
    if (found != null) {
      return found;
    }
    for (PropertyDescriptor each : families) {
      if (isMember(each, key)) {
        return each;
      }
    }
    return null;
  }

  /** Whether the key begins as the family does and its own name has the family's shape. */
  static boolean isMember(PropertyDescriptor family, String key) {
    return family.type() instanceof PropertyType.Family type
        && key.startsWith(family.key())
        && type.name().matcher(key.substring(family.key().length())).matches();
  }

  /** The error for a key that nothing reads, with the nearest one that something does. */
  PercredError unknown(String key) {
    return PercredError.of(DriverError.UNKNOWN_PROPERTY, Shown.shortened(key), hint(key));
  }

  private String hint(String given) {
    String key = given.toLowerCase(Locale.ROOT);
    int slips = Math.max(2, key.length() / 5);
    String nearest =
        single.keySet().stream()
            .filter(known -> EditDistance.between(key, known) <= slips)
            .min(
                Comparator.<String>comparingInt(known -> EditDistance.between(key, known))
                    .thenComparing(Comparator.naturalOrder()))
            .orElse(null);
    String artifact = Artifacts.ofProperty(key);
    if (artifact != null && !isGroupKnown(key)) {
      return "It belongs to io.percred:" + artifact + ", which does not take part here.";
    }
    return nearest == null ? "Check the spelling." : "Did you mean \"" + nearest + "\"?";
  }

  /** Whether another property begins with the same two words. */
  private boolean isGroupKnown(String key) {
    String[] words = key.split("\\.", 3);
    String group = Keys.PREFIX + words[1];
    return single.keySet().stream()
        .anyMatch(known -> known.equals(group) || known.startsWith(group + "."));
  }
}
