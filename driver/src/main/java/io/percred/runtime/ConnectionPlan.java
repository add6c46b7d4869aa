package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.Installed;
import io.percred.configuration.CheckedSettings;
import io.percred.configuration.ConnectionProperties;
import io.percred.configuration.ConnectionUrl;
import io.percred.configuration.KnownProperties;
import io.percred.configuration.SettingsReader;
import io.percred.configuration.Surroundings;
import io.percred.configuration.TokenProperties;
import io.percred.configuration.UrlRules;
import io.percred.resolution.ConnectionSecrets;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.FromUrl.Policy;
import io.percred.spi.PercredError;
import io.percred.spi.VendorReading;
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
 * @param vendor the vendor's properties, without percred's and without tokens
 * @param secrets the tokens
 */
record ConnectionPlan(
    DatabaseAdapter adapter,
    CheckedSettings settings,
    ConnectionUrl url,
    VendorProperties vendor,
    ConnectionSecrets secrets) {
  /**
   * Takes a request apart. Unless somebody vouches for the URL, it may neither weaken what is fixed
   * nor take secrets of others where it wants.
   *
   * @throws SQLException with SQLSTATE 22023 if URL or properties are not right
   */
  static ConnectionPlan of(ConnectionRequest request, Installed installed) throws SQLException {
    Request read = Request.of(request, installed);
    ConnectionPlan plan = read.plan();
    if (read.urlTrusted()) {
      return plan;
    }
    VendorReading reading = plan.adapter.read(plan.vendorUrl(), plan.vendors());
    StrangersUrl url = new StrangersUrl(plan.adapter, new UrlRules(Surroundings.OF_PROCESS));
    url.checkParameters(reading, plan.vendors());
    url.checkTokenProperties(plan.settings, read.properties().vendors());
    DrawnSecrets secrets = read.secrets(installed);
    url.checkSecrets(reading, secrets);
    return secrets.passwords().isEmpty() ? plan : plan.with(reading.secrecy().precautions());
  }

  /**
   * Takes apart what configures a connection that the vendor's driver is about to open.
   *
   * @throws SQLException as {@link #of}, and with PERCRED-018 if it needs what the driver has read
   */
  static ConnectionPlan ofVendors(
      ConnectionRequest request, VendorReading reading, Installed installed) throws SQLException {
    Request read = Request.of(request, installed);
    ConnectionPlan plan = read.plan();
    if (!TokenProperties.namedBy(plan.settings).isEmpty()
        || plan.settings.isGiven(DriverProperty.LOGIN_PASSWORD)) {
      throw PercredError.of(DriverError.OPENED_BY_VENDOR).toSqlException();
    }
    if (!read.urlTrusted()) {
      new StrangersUrl(plan.adapter, new UrlRules(Surroundings.OF_PROCESS))
          .checkSecrets(reading, read.secrets(installed));
    }
    return plan;
  }

  /**
   * Takes apart what configures a connection that is open already: no URL decides where it leads.
   *
   * @throws SQLException with SQLSTATE 22023 if the properties are not right
   */
  static ConnectionPlan ofOpen(ConnectionRequest request, Installed installed) throws SQLException {
    return Request.of(request, installed).plan();
  }

  /** The vendor's properties, without percred's and without tokens. */
  Properties vendors() {
    return vendor.given();
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

  private ConnectionPlan with(Map<String, String> precautions) {
    return new ConnectionPlan(
        adapter, settings, url, new VendorProperties(vendor.given, precautions), secrets);
  }

  /**
   * The vendor's properties.
   *
   * @param given a copy
   * @param precautions what percred adds so that strangers do not read a password
   */
  record VendorProperties(Properties given, Map<String, String> precautions) {
    /** Shows nothing: they may hold secrets. */
    @Override
    public String toString() {
      return "VendorProperties";
    }
  }

  /** A request with what was read from it. */
  private record Request(ConnectionProperties properties, boolean urlTrusted, ConnectionPlan plan) {
    static Request of(ConnectionRequest request, Installed installed) throws SQLException {
      ConnectionUrl url = ConnectionUrl.parse(request.url());
      DatabaseAdapter adapter = installed.adapters().require(url.subprotocol());
      ConnectionProperties properties = ConnectionProperties.copyOf(request.properties());
      KnownProperties known = new KnownProperties(installed.propertiesFor(adapter));
      SettingsReader reader = new SettingsReader(known, Surroundings.OF_PROCESS);
      Set<Policy> inCode =
          request.chosen().verifier() == null ? Set.of() : Set.of(Policy.VERIFICATION);
      CheckedSettings settings = reader.read(url, properties.percreds(), inCode);
      Set<String> tokens = TokenProperties.namedBy(settings);
      Properties vendors = new Properties();
      vendors.putAll(properties.vendors());
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
      return new Request(
          properties,
          reader.isUrlTrusted(properties.percreds()),
          new ConnectionPlan(
              adapter,
              settings,
              url,
              new VendorProperties(vendors, Map.of()),
              new ConnectionSecrets(taken)));
    }

    DrawnSecrets secrets(Installed installed) throws SQLException {
      return DrawnSecrets.of(
          plan.settings, plan.url, properties.vendors(), installed.suppliers().names());
    }

    /** Shows nothing: all of it may hold secrets. */
    @Override
    public String toString() {
      return "Request";
    }
  }
}
