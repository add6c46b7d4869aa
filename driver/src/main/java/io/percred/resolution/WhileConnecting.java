package io.percred.resolution;

import io.percred.spi.ErrorCode;
import io.percred.spi.PercredError;

/**
 * An outage met while the connection is being opened: the same error with the SQLSTATE of a failure
 * to connect, on which pools try again.
 */
record WhileConnecting(ErrorCode code) implements ErrorCode {
  private static final String OUTAGE = "58";

  static PercredError applyTo(PercredError error) {
    return error.code().sqlState().startsWith(OUTAGE)
        ? new PercredError(
            new WhileConnecting(error.code()), error.message(), error.remedy(), error.cause())
        : error;
  }

  @Override
  public int number() {
    return code.number();
  }

  @Override
  public String sqlState() {
    return "08001";
  }

  @Override
  public String message() {
    return code.message();
  }

  @Override
  public String remedy() {
    return code.remedy();
  }
}
