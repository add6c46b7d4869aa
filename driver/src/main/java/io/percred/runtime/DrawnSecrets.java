package io.percred.runtime;

import io.percred.catalogue.DriverProperty;
import io.percred.catalogue.OnMissing;
import io.percred.configuration.CheckedSettings;
import io.percred.configuration.ConnectionUrl;
import io.percred.configuration.SupplierSpecification;
import io.percred.configuration.TokenProperties;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * The secrets of the machine or its administrator that a configuration sends to the database. The
 * caller's own token, from the context of the application or from the password field, is none, nor
 * is one in a property that the administrator's own properties set aside for it. The service
 * account of those properties acts where code asks for it, unless it also does for callers who are
 * missing.
 *
 * @param passwords what logs in
 * @param tokens what is sent for callers or the service account
 */
record DrawnSecrets(List<String> passwords, List<String> tokens) {
  private static final String PASSWORD = "password";
  private static final String SERVICE = "percred.service.";
  private static final Set<String> CALLERS_OWN = Set.of("context", PASSWORD, "property");

  /**
   * What is drawn on.
   *
   * @param properties the vendor's, those that hold tokens included
   * @param suppliers the names of those that are installed
   * @throws SQLException with SQLSTATE 22023 if a chain of suppliers cannot be read
   */
  static DrawnSecrets of(
      CheckedSettings settings, ConnectionUrl url, Properties properties, List<String> suppliers)
      throws SQLException {
    List<String> passwords = new ArrayList<>();
    if (settings.isGiven(DriverProperty.LOGIN_PASSWORD)) {
      passwords.add("What " + DriverProperty.LOGIN_PASSWORD.key() + " stands for");
    }
    List<String> tokens = new ArrayList<>();
    boolean serviceForAnybody =
        settings.choice(DriverProperty.ON_MISSING, OnMissing.class) == OnMissing.SERVICE;
    Map<String, String> ofUrl = settings.chains(true);
    for (Map.Entry<String, String> chain : settings.chains(false).entrySet()) {
      if (chain.getKey().startsWith(SERVICE)
          && !serviceForAnybody
          && !ofUrl.containsKey(chain.getKey())) {
        continue;
      }
      for (SupplierSpecification each :
          SupplierSpecification.parseChain(chain.getKey(), chain.getValue())) {
        if (suppliers.contains(each.name()) && !CALLERS_OWN.contains(each.name())) {
          tokens.add("The token of " + chain.getKey() + '=' + each.name());
        }
      }
    }
    for (String name : TokenProperties.namedByUrl(settings)) {
      if (!name.equals(PASSWORD)
          && properties.containsKey(name)
          && url.vendorParameter(name) == null) {
        tokens.add("The connection property " + name);
      }
    }
    return new DrawnSecrets(List.copyOf(passwords), List.copyOf(tokens));
  }
}
