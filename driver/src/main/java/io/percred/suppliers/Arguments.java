package io.percred.suppliers;

import io.percred.catalogue.DriverError;
import io.percred.catalogue.DriverProperty;
import io.percred.configuration.SupplierSpecification;
import io.percred.spi.PercredError;
import io.percred.spi.ProviderContext;
import java.sql.SQLException;

/** Reads the argument of a supplier. */
final class Arguments {
  private Arguments() {}

  /**
   * The argument without double quotes around it.
   *
   * @throws SQLException with PERCRED-008 if there is none
   */
  static String required(String supplier, String placeholder, ProviderContext context)
      throws SQLException {
    String argument = context.argument();
    String plain = argument == null ? "" : SupplierSpecification.unquoted(argument.strip());
    if (plain.isBlank()) {
      throw PercredError.of(
              DriverError.PROPERTY_MISSING,
              "Supplier " + supplier,
              "an argument, as in " + supplier + ":" + placeholder)
          .toSqlException();
    }
    return plain;
  }

  /**
   * Refuses an argument that the supplier would ignore.
   *
   * @throws SQLException with PERCRED-002 if there is one
   */
  static void none(String supplier, ProviderContext context) throws SQLException {
    if (context.argument() != null) {
      throw PercredError.of(
              DriverError.BAD_VALUE,
              DriverProperty.SUPPLIER.key(),
              "supplier " + supplier + " has an argument",
              supplier + " without an argument")
          .toSqlException();
    }
  }
}
