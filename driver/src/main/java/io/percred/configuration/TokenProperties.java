package io.percred.configuration;

import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Which connection properties hold tokens, so are not the vendor's. */
public final class TokenProperties {
  private static final String PASSWORD = "password";

  private TokenProperties() {}

  /**
   * The names of all that a {@code password} or {@code property:NAME} supplier reads, wherever a
   * property names one, so in chains and for suppliers that ask another too.
   *
   * @throws SQLException with PERCRED-002 if a chain cannot be read
   */
  public static Set<String> namedBy(CheckedSettings settings) throws SQLException {
    return namedBy(settings.chains(false));
  }

  /**
   * Those of them that the URL names.
   *
   * @throws SQLException as {@link #namedBy}
   */
  public static Set<String> namedByUrl(CheckedSettings settings) throws SQLException {
    return namedBy(settings.chains(true));
  }

  private static Set<String> namedBy(Map<String, String> chains) throws SQLException {
    Set<String> names = new LinkedHashSet<>();
    for (Map.Entry<String, String> chain : chains.entrySet()) {
      for (SupplierSpecification each :
          SupplierSpecification.parseChain(chain.getKey(), chain.getValue())) {
        String argument = each.unquotedArgument();
        if (each.name().equals(PASSWORD)) {
          names.add(PASSWORD);
        } else if (each.name().equals("property") && argument != null) {
          names.add(argument);
        }
      }
    }
    return names;
  }
}
