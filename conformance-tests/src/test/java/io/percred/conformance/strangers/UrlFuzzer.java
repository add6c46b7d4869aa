package io.percred.conformance.strangers;

import io.percred.catalogue.Installed;
import io.percred.configuration.ConnectionUrl;
import io.percred.spi.DatabaseAdapter;
import io.percred.spi.VendorReading;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;

/**
 * What holds for every text that is given as a URL. The entry point of Jazzer ({@code mvn -Pfuzz}),
 * and of {@link UrlFuzzerTest}, which plays a small corpus.
 */
public final class UrlFuzzer {
  private UrlFuzzer() {}

  /** Called by Jazzer. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    check(new String(bytes, StandardCharsets.UTF_8));
  }

  /**
   * Checks one text.
   *
   * @throws IllegalStateException if something does not hold
   */
  static void check(String text) {
    try {
      ConnectionUrl url = ConnectionUrl.parse(text);
      String vendors = url.vendorUrl(Set.of());
      require(url.toString().indexOf('?') < 0, "a parameter is shown");
      DatabaseAdapter adapter = Installed.onThisThread().adapters().find(url.subprotocol());
      if (adapter != null) {
        ConnectionUrl again = ConnectionUrl.parse(vendors);
        require(again.vendorUrl(Set.of()).equals(vendors), "what is the vendor's is not kept");
        require(again.subprotocol().equals(url.subprotocol()), "another database is meant");
        readAsVendor(adapter, vendors);
      }
    } catch (SQLException e) {
      // How a text is refused.
    }
  }

  private static void readAsVendor(DatabaseAdapter adapter, String vendors) throws SQLException {
    VendorReading reading = adapter.read(vendors, new Properties());
    for (VendorReading.Parameter each : reading.parameters()) {
      String name = each.name().toLowerCase(Locale.ROOT);
      require(!name.startsWith("percred."), "the vendor's driver sees one of percred's parameters");
      if (adapter.fromUrl(each.name(), new Properties()) == null) {
        throw new IllegalStateException("a parameter has no rule");
      }
    }
    for (VendorReading.Host host : reading.hosts()) {
      require(
          host.name().chars().noneMatch(c -> c <= ' ' || "/?#&@\\,".indexOf(c) >= 0),
          "a host has characters that end it");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
