package io.percred.runtime;

import io.percred.catalogue.DriverProperty;
import io.percred.spi.Credential;
import io.percred.spi.DatabaseAdapter;
import java.security.Key;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;

/**
 * What makes two configurations the same: names and values, and which code reads them. Neither the
 * thread that asks nor its class loader counts, nor which of two equal objects was given. Secrets
 * and URLs count only as part of a hash under a key of this process, and the password of a login
 * that connections do not share counts not at all.
 *
 * @param adapter the class of the adapter
 * @param chosen what the application handed over as objects
 * @param fingerprint the hash of everything else
 */
record RuntimeKey(
    Class<? extends DatabaseAdapter> adapter, ChosenInCode chosen, String fingerprint) {
  private static final String PASSWORD = "password";

  static RuntimeKey of(ConnectionPlan plan, ChosenInCode chosen) {
    boolean withPassword = plan.adapter().sharesLogin(plan.settings());
    Set<String> taken = new HashSet<>(plan.secrets().names());
    if (!withPassword) {
      taken.add(PASSWORD);
    }
    StringBuilder all = new StringBuilder();
    append(all, plan.url().vendorUrl(taken));
    plan.settings()
        .forEachGiven(
            (key, given) -> {
              if (withPassword || !key.equals(DriverProperty.LOGIN_PASSWORD.key())) {
                append(all, key);
                append(all, given.fromUrl() ? "url" : "properties");
                append(all, given.value());
              }
            });
    TreeMap<String, Object> sorted = new TreeMap<>();
    plan.vendors().forEach((key, value) -> sorted.put(String.valueOf(key), value));
    sorted.forEach(
        (key, value) -> {
          if (withPassword || !key.equals(PASSWORD)) {
            append(all, key);
            append(all, textOf(value));
          }
        });
    // The fingerprint of a credential is the keyed hash that this needs.
    return new RuntimeKey(
        plan.adapter().getClass(), chosen, Credential.of(all.toString()).fingerprint());
  }

  /** The value as text, where the type says what it is; other objects are only the same object. */
  private static String textOf(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
      return value.getClass().getName() + ':' + value;
    }
    byte[] encoded = value instanceof Key key ? key.getEncoded() : null;
    return encoded == null
        ? value.getClass().getName() + '@' + System.identityHashCode(value)
        : value.getClass().getName() + ':' + HexFormat.of().formatHex(encoded);
  }

  /** With its length in front, so that no two lists of values read the same. */
  private static void append(StringBuilder all, String value) {
    all.append(value.length()).append(':').append(value);
  }
}
