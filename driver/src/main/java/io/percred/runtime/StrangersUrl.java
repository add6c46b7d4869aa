package io.percred.runtime;

import io.percred.catalogue.DriverError;
import io.percred.configuration.CheckedSettings;
import io.percred.configuration.TokenProperties;
import io.percred.configuration.UrlRules;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.FromUrl;
import io.percred.spi.PercredError;
import io.percred.spi.VendorReading;
import io.percred.spi.VendorReading.Exposure;
import io.percred.spi.VendorReading.Host;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's part of a URL that nobody vouches for: which parameters it may hold, and which
 * secrets may go to the hosts that it names.
 *
 * @param adapter knows the vendor's parameters
 * @param rules know what the machine allows
 */
record StrangersUrl(DatabaseAdapter adapter, UrlRules rules) {
  /**
   * Checks every parameter of the vendor's.
   *
   * @param properties the vendor's connection properties
   * @throws SQLException with PERCRED-003 if the URL may not say one of them
   */
  void checkParameters(VendorReading reading, Properties properties) throws SQLException {
    for (VendorReading.Parameter each : reading.parameters()) {
      String fixed = valueOf(each.name(), properties);
      rules.checkParameter(each, adapter.fromUrl(each.name(), properties), fixed);
    }
  }

  /**
   * Checks that no supplier which the URL names takes away from the vendor's driver what connection
   * properties tell it.
   *
   * @param properties the vendor's, those that hold tokens included
   * @throws SQLException with PERCRED-003 if one does
   */
  void checkTokenProperties(CheckedSettings settings, Properties properties) throws SQLException {
    for (String name : TokenProperties.namedByUrl(settings)) {
      FromUrl rule = adapter.fromUrl(name, properties);
      boolean free = rule instanceof FromUrl.Own || rule.equals(FromUrl.UNKNOWN);
      if (!free && valueOf(name, properties) != null) {
        throw PercredError.of(
                DriverError.NOT_IN_URL,
                "percred.supplier",
                "it would take " + name + " away from the database's driver",
                "leave property:" + name + " out of the URL")
            .toSqlException();
      }
    }
  }

  /**
   * Checks that every secret goes to hosts that are allowed only, and that nobody else can read it.
   *
   * @throws SQLException with PERCRED-019 or -020 if not
   */
  void checkSecrets(VendorReading reading, DrawnSecrets secrets) throws SQLException {
    for (String each : secrets.tokens()) {
      check(each, reading.hosts(), reading.secrecy().ofTokens());
    }
    for (String each : secrets.passwords()) {
      check(each, reading.hosts(), reading.secrecy().ofPasswords());
    }
    String machines = reading.secrecy().machines();
    if (machines != null) {
      check(machines, reading.hosts(), reading.secrecy().ofPasswords());
    }
  }

  private void check(String secret, List<Host> hosts, @Nullable Exposure exposure)
      throws SQLException {
    for (Host host : hosts) {
      if (!rules.isAllowed(host)) {
        throw PercredError.of(DriverError.SECRET_TO_STRANGER, secret, host).toSqlException();
      }
    }
    if (exposure != null) {
      throw PercredError.of(
              DriverError.SECRET_EXPOSED,
              secret,
              hosts.isEmpty() ? "the database" : hosts.get(0),
              exposure.reason(),
              exposure.remedy())
          .toSqlException();
    }
  }

  /** In any case of letters, as some drivers read them. */
  private static @Nullable String valueOf(String name, Properties properties) {
    return properties.entrySet().stream()
        .filter(each -> name.equalsIgnoreCase(String.valueOf(each.getKey())))
        .map(each -> String.valueOf(each.getValue()))
        .findFirst()
        .orElse(null);
  }
}
