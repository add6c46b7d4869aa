package io.percred.spi;

import java.sql.SQLException;
import java.util.List;

/**
 * Creates the verifier that {@code percred.verifier} names. Found by {@link
 * java.util.ServiceLoader}; two providers of one name are refused.
 */
public interface CredentialVerifierProvider {
  /** The name in {@code percred.verifier}: lower-case letters, digits and hyphens. */
  String name();

  /** The properties this provider reads. */
  default List<? extends PropertyDescriptor> properties() {
    return List.of();
  }

  /** The errors this provider's verifiers report. */
  default List<? extends ErrorCode> errorCodes() {
    return List.of();
  }

  /**
   * Creates a verifier, once per distinct configuration.
   *
   * @throws SQLException with SQLSTATE 22023 if the configuration does not suffice, saying what is
   *     missing
   */
  CredentialVerifier create(ProviderContext context) throws SQLException;
}
