package io.percred.configuration;

import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import java.util.regex.Pattern;

/** How a value is shown in an error: whatever could be a secret is not. */
final class Shown {
  private static final int LIMIT = 80;
  private static final Pattern USER_INFORMATION = Pattern.compile("^.*@", Pattern.DOTALL);
  private static final Pattern QUERY = Pattern.compile("[?#].*", Pattern.DOTALL);

  private Shown() {}

  static String value(PropertyDescriptor property, String value) {
    if (property.sensitive() || property.type() instanceof PropertyType.Secret) {
      return "a secret, not shown";
    }
    String shown = value;
    if (property.type() instanceof PropertyType.HttpAddress) {
      shown = USER_INFORMATION.matcher(shown).replaceFirst("…@");
      shown = QUERY.matcher(shown).replaceFirst("");
    }
    return '"' + shortened(shown) + '"';
  }

  static String shortened(String text) {
    return text.length() <= LIMIT ? text : text.substring(0, LIMIT) + "…";
  }
}
