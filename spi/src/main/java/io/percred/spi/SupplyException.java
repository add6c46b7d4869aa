package io.percred.spi;

/** Why a {@link TokenSupplier} could not supply a credential that should exist. */
public final class SupplyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient PercredError error;

  public SupplyException(PercredError error) {
    super(error.message(), error.cause());
    this.error = error;
  }

  /** The error, with its stable code and remedy. */
  public PercredError error() {
    return error;
  }
}
