package io.percred.runtime;

import io.percred.configuration.CheckedSettings;
import io.percred.spi.Credential;
import io.percred.spi.DatabaseAdapter;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What makes two configurations the same. Passwords and URLs count, but only as part of a hash
 * under a key of this process.
 *
 * @param adapter the adapter
 * @param chosen what the application handed over as objects
 * @param fingerprint the hash of everything else
 */
record RuntimeKey(DatabaseAdapter adapter, ChosenInCode chosen, String fingerprint) {
  static RuntimeKey of(
      DatabaseAdapter adapter,
      ChosenInCode chosen,
      CheckedSettings settings,
      String vendorUrl,
      Properties vendors) {
    StringBuilder all = new StringBuilder();
    append(all, vendorUrl);
    settings.forEachGiven(
        (key, given) -> {
          append(all, key);
          append(all, given.fromUrl() ? "url" : "properties");
          append(all, given.value());
        });
    TreeMap<String, Object> sorted = new TreeMap<>();
    vendors.forEach((key, value) -> sorted.put(String.valueOf(key), value));
    sorted.forEach(
        (key, value) -> {
          append(all, key);
          // Other objects, such as private keys, are the same only if they are the same object.
          append(
              all,
              value instanceof String text
                  ? text
                  : value.getClass().getName() + '@' + System.identityHashCode(value));
        });
    // The fingerprint of a credential is the keyed hash that this needs.
    return new RuntimeKey(adapter, chosen, Credential.of(all.toString()).fingerprint());
  }

  /** With its length in front, so that no two lists of values read the same. */
  private static void append(StringBuilder all, String value) {
    all.append(value.length()).append(':').append(value);
  }
}
