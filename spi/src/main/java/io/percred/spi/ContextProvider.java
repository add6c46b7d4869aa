package io.percred.spi;

import java.sql.SQLException;

/**
 * Makes the {@link AdapterContext} of a connection that the vendor's driver opens without percred's
 * having been asked: its extension points, to which only texts can be given, look it up with {@link
 * java.util.ServiceLoader}. Provided by percred's driver; thread-safe.
 */
public interface ContextProvider {
  /**
   * The context of one connection.
   *
   * @param vendorUrl the vendor's URL of the connection, without parameters
   * @param reading what the vendor's driver makes of the connection's properties
   * @param configuration percred's properties as they stand in a URL behind the question mark, and
   *     under the rules of a URL
   * @throws SQLException with SQLSTATE 22023 if the configuration is not right, or needs properties
   *     of the connection that the vendor's driver has already seen
   */
  AdapterContext context(String vendorUrl, VendorReading reading, String configuration)
      throws SQLException;
}
