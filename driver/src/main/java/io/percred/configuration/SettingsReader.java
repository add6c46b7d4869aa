package io.percred.configuration;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.spi.FromUrl;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PercredError;
import io.percred.spi.PropertyDescriptor;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
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
   * Checks every value; what the URL says wins where it may say it.
   *
   * @param properties percred's own ones, as {@link ConnectionProperties} tells them from others
   * @param inCode the policies that objects set in code belong to
   * @throws SQLException with PERCRED-001, -002, -003, -007 or -009 and a message that names key,
   *     value and what is allowed
   */
  public CheckedSettings read(ConnectionUrl url, Map<String, String> properties, Set<Policy> inCode)
      throws SQLException {
    Map<String, CheckedSettings.Given> given = new TreeMap<>();
    for (Map.Entry<String, String> each : properties.entrySet()) {
      check(each.getKey(), each.getValue());
      given.put(each.getKey(), new CheckedSettings.Given(each.getValue(), false));
    }
    boolean trusted = isUrlTrusted(properties);
    FixedValues fixed = new FixedValues(properties, known, inCode);
    for (Map.Entry<String, String> each : url.percreds().entrySet()) {
      String key = each.getKey();
      PropertyDescriptor property = check(key, each.getValue());
      if (!trusted || property.fromUrl() instanceof FromUrl.Never) {
        rules.check(key, property, each.getValue());
        fixed.check(key, property, each.getValue());
        if (SupplierSpecification.isNamedBy(key)) {
          checkSuppliers(key, each.getValue());
        }
      }
      given.put(key, new CheckedSettings.Given(each.getValue(), !trusted));
    }
    return new CheckedSettings(given, known, new SecretSource(surroundings));
  }

  /** Whether the URL may say whatever properties may: they, or the machine, vouch for it. */
  public boolean isUrlTrusted(Map<String, String> properties) {
    String given = properties.get(DriverProperty.URL_TRUSTED.key());
    return given == null ? surroundings.isTrue(UrlRules.URL_TRUSTED) : Boolean.parseBoolean(given);
  }

  private PropertyDescriptor check(String key, String value) throws SQLException {
    PropertyDescriptor property = known.find(key);
    if (property == null) {
      throw known.unknown(key).toSqlException();
    }
    if (!property.type().accepts(value)) {
      throw PercredError.of(
              DriverError.BAD_VALUE, key, Shown.value(property, value), property.type().allowed())
          .toSqlException();
    }
    if (SupplierSpecification.isNamedBy(key)) {
      SupplierSpecification.parseChain(key, value);
    }
    return property;
  }

  /** The suppliers check again what they are made from; here the error names the right property. */
  private void checkSuppliers(String key, String chain) throws SQLException {
    for (SupplierSpecification each : SupplierSpecification.parseChain(key, chain)) {
      String argument = each.unquotedArgument();
      if (argument != null) {
        switch (each.name()) {
          case "file" -> rules.checkFile(key, argument);
          case "env" -> rules.checkVariable(key, argument);
          default -> {}
        }
      }
    }
  }
}
