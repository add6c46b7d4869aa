package io.percred.runtime;

import io.percred.catalogue.Installed;
import io.percred.configuration.CheckedSettings;
import io.percred.configuration.ConnectionProperties;
import io.percred.configuration.ConnectionUrl;
import io.percred.configuration.KnownProperties;
import io.percred.configuration.SettingsReader;
import io.percred.configuration.Surroundings;
import io.percred.configuration.TokenProperties;
import io.percred.resolution.ConnectionSecrets;
import io.percred.spi.DatabaseAdapter;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * A request taken apart: what is percred's, what is the vendor's, and what is a token.
 *
 * @param adapter for the database of the URL
 * @param settings percred's, checked
 * @param url as it was given
 * @param vendors the vendor's properties, without percred's and without tokens; a copy
 * @param secrets the tokens
 */
record ConnectionPlan(
    DatabaseAdapter adapter,
    CheckedSettings settings,
    ConnectionUrl url,
    Properties vendors,
    ConnectionSecrets secrets) {
  /**
   * Takes a request apart.
   *
   * @throws SQLException with SQLSTATE 22023 if URL or properties are not right
   */
  static ConnectionPlan of(ConnectionRequest request, Installed installed) throws SQLException {
    ConnectionUrl url = ConnectionUrl.parse(request.url());
    DatabaseAdapter adapter = installed.adapters().require(url.subprotocol());
    ConnectionProperties properties = ConnectionProperties.copyOf(request.properties());
    KnownProperties known = new KnownProperties(installed.propertiesFor(adapter));
    CheckedSettings settings =
        new SettingsReader(known, Surroundings.OF_PROCESS).read(url, properties.percreds());
    Set<String> tokens = TokenProperties.namedBy(settings);
    Properties vendors = properties.vendors();
    Map<String, String> taken = new HashMap<>();
    for (String name : tokens) {
      Object fromProperties = vendors.remove(name);
      String fromUrl = url.vendorParameter(name);
      if (fromUrl != null) {
        taken.put(name, fromUrl);
      } else if (fromProperties != null) {
        taken.put(name, fromProperties.toString());
      }
    }
    return new ConnectionPlan(adapter, settings, url, vendors, new ConnectionSecrets(taken));
  }

  /** The vendor's URL, without percred's parameters and without tokens. */
  String vendorUrl() {
    return url.vendorUrl(secrets.names());
  }

  RuntimeKey runtimeKey(ChosenInCode chosen) {
    return RuntimeKey.of(this, chosen);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "ConnectionPlan[" + adapter.subprotocol() + ", " + settings + ", " + secrets + "]";
  }
}
