package io.percred.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The properties of one connection in two heaps: percred's own and the vendor's. Both are copies;
 * the caller's are neither changed nor kept.
 *
 * @param percreds those whose keys begin with {@code percred.}, or nearly so
 * @param vendors all others, defaults included, values of any type
 */
public record ConnectionProperties(Map<String, String> percreds, Properties vendors) {
  /** Sorts a copy of the caller's properties. */
  public static ConnectionProperties copyOf(Properties properties) {
    Map<String, String> percreds = new LinkedHashMap<>();
    Properties vendors = new Properties();
    // Two passes: only the names include the defaults, only the map includes values of other types.
    for (String name : properties.stringPropertyNames()) {
      vendors.setProperty(name, properties.getProperty(name));
    }
    vendors.putAll(properties);
    vendors
        .entrySet()
        .removeIf(
            each -> {
              boolean ours = each.getKey() instanceof String key && Keys.isPercreds(key);
              if (ours) {
                percreds.put((String) each.getKey(), String.valueOf(each.getValue()));
              }
              return ours;
            });
    return new ConnectionProperties(percreds, vendors);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "ConnectionProperties" + percreds.keySet() + vendors.keySet();
  }
}
