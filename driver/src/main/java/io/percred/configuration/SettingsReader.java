package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** Checks what was given and makes settings of it. Immutable. */
public final class SettingsReader {
  private final KnownProperties known;
  private final Surroundings surroundings;
  private final UrlRules rules;

  /** A reader for connections on which {@code known} properties count. */
  public SettingsReader(KnownProperties known, Surroundings surroundings) {
    this.known = known;
    this.surroundings = surroundings;
    this.rules = new UrlRules(surroundings);
  }

  /**
   * Checks every value; what the URL says wins.
   *
   * @param properties percred's own ones, as {@link ConnectionProperties} tells them from others
   * @throws SQLException with PERCRED-001, -002, -003, -007 or -009 and a message that names key,
   *     value and what is allowed
   */
  public CheckedSettings read(ConnectionUrl url, Map<String, String> properties)
      throws SQLException {
    Map<String, CheckedSettings.Given> given = new TreeMap<>();
    for (Map.Entry<String, String> each : properties.entrySet()) {
      check(each.getKey(), each.getValue(), false);
      given.put(each.getKey(), new CheckedSettings.Given(each.getValue(), false));
    }
    for (Map.Entry<String, String> each : url.percreds().entrySet()) {
      check(each.getKey(), each.getValue(), true);
      given.put(each.getKey(), new CheckedSettings.Given(each.getValue(), true));
    }
    return new CheckedSettings(given, known, new SecretSource(surroundings));
  }

  private void check(String key, String value, boolean fromUrl) throws SQLException {
    PropertyDescriptor property = known.find(key);
    if (property == null) {
      throw known.unknown(key).toSqlException();
    }
    if (!property.type().accepts(value)) {
      throw PercredError.of(
              DriverError.BAD_VALUE, key, Shown.value(property, value), property.type().allowed())
          .toSqlException();
    }
    if (fromUrl) {
      rules.check(key, property, value);
    }
    if (SupplierSpecification.isNamedBy(key)) {
      checkSuppliers(key, value, fromUrl);
    }
  }

  /** The suppliers check again what they are made from; here the error names the right property. */
  private void checkSuppliers(String key, String chain, boolean fromUrl) throws SQLException {
    for (SupplierSpecification each : SupplierSpecification.parseChain(key, chain)) {
      String argument = each.unquotedArgument();
      if (fromUrl && argument != null) {
        switch (each.name()) {
          case "file" -> rules.checkFile(key, argument);
          case "env" -> rules.checkVariable(key, argument);
          default -> {}
        }
      }
    }
  }
}
