package io.percred.runtime;

import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionProperties;
import io.percred.configuration.ConnectionUrl;
import io.percred.configuration.Surroundings;
import io.percred.configuration.UrlRules;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.FromUrl;
import io.percred.spi.PropertyDescriptor;
import io.percred.spi.PropertyType;
import io.percred.spi.VendorReading;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The properties of a connection that somebody is about to describe. */
public final class PropertyInfo {
  private PropertyInfo() {}

  /** percred's, in the order of its enums, then those of the target's driver if it is there. */
  public static List<DriverPropertyInfo> of(String text, Properties info) {
    Installed installed = Installed.onThisThread();
    ConnectionProperties properties = ConnectionProperties.copyOf(info);
    List<DriverPropertyInfo> found = new ArrayList<>();
    ConnectionUrl url = null;
    DatabaseAdapter adapter = null;
    try {
      url = ConnectionUrl.parse(text);
      adapter = installed.adapters().find(url.subprotocol());
    } catch (SQLException e) {
      // Not yet a whole URL: percred's own properties are known all the same.
    }
    List<? extends PropertyDescriptor> described =
        adapter == null ? List.of(DriverProperty.values()) : installed.propertiesFor(adapter);
    for (PropertyDescriptor each : described) {
      found.add(percreds(each, url, properties.percreds()));
    }
    if (url != null && adapter != null) {
      found.addAll(vendors(adapter, url, properties.vendors()));
    }
    return found;
  }

  private static DriverPropertyInfo percreds(
      PropertyDescriptor property, @Nullable ConnectionUrl url, Map<String, String> given) {
    boolean family = property.type() instanceof PropertyType.Family;
    String value = null;
    if (!property.sensitive() && !family) {
      value = url == null ? null : url.percredParameter(property.key());
      value = value == null ? given.get(property.key()) : value;
      value = value == null ? property.defaultValue() : value;
    }
    DriverPropertyInfo info =
        new DriverPropertyInfo(family ? property.key() + "NAME" : property.key(), value);
    info.description = property.description();
    info.required = false;
    if (property.type() instanceof PropertyType.Choice choice) {
      info.choices = choice.words().toArray(String[]::new);
    } else if (property.type() instanceof PropertyType.Flag) {
      info.choices = new String[] {"true", "false"};
    }
    return info;
  }

  /**
   * The vendor's driver reads files to tell what it would do. It is not asked about a URL that a
   * stranger may not say, and secrets that neither URL nor properties hold are not told.
   */
  private static List<DriverPropertyInfo> vendors(
      DatabaseAdapter adapter, ConnectionUrl url, Properties properties) {
    try {
      Driver driver = adapter.vendorDriver();
      String vendorUrl = url.vendorUrl(Set.of());
      VendorReading reading = adapter.read(vendorUrl, properties);
      new StrangersUrl(adapter, new UrlRules(Surroundings.OF_PROCESS))
          .checkParameters(reading, properties);
      DriverPropertyInfo[] infos = driver.getPropertyInfo(vendorUrl, properties);
      if (infos == null) {
        return List.of();
      }
      Set<String> given = new HashSet<>(properties.stringPropertyNames());
      reading.parameters().forEach(each -> given.add(each.name()));
      for (DriverPropertyInfo each : infos) {
        if (adapter.fromUrl(each.name, properties) instanceof FromUrl.Own
            && !given.contains(each.name)) {
          each.value = null;
        }
      }
      return List.of(infos);
    } catch (SQLException | RuntimeException | LinkageError e) {
      return Collections.emptyList();
    }
  }
}
