package io.percred.postgres.wire;

import io.percred.spi.PercredError;
import java.io.IOException;

/** Thrown into the driver when percred has closed the connection. */
public final class ConnectionEnded extends IOException {
  private static final long serialVersionUID = 1L;
  private final String stableCode;

  ConnectionEnded(PercredError error) {
    super(error.headline() + "\n" + error.advice());
    this.stableCode = error.code().stableCode();
  }

  /** The stable code of the reason. */
  public String stableCode() {
    return stableCode;
  }
}
