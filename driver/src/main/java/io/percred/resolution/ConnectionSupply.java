package io.percred.resolution;

import io.percred.catalogue.DriverError;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyContext;
import io.percred.spi.SupplyException;
import io.percred.spi.Target;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one supplier may look at for one transaction of one connection. Safe for many threads. */
final class ConnectionSupply implements SupplyContext {
  private static final int DEEPEST = 4;

  private final Request request;
  private final SupplierDirectory directory;
  private final int depth;
  private volatile @Nullable Instant deadline;

  private ConnectionSupply(
      Request request, SupplierDirectory directory, int depth, @Nullable Instant deadline) {
    this.request = request;
    this.directory = directory;
    this.depth = depth;
    this.deadline = deadline;
  }

  static ConnectionSupply of(Request request, SupplierDirectory directory) {
    return new ConnectionSupply(request, directory, 0, null);
  }

  /** The context of the next supplier of a chain: one asked by another shares the other's time. */
  ConnectionSupply next() {
    return depth == 0 && deadline != null ? of(request, directory) : this;
  }

  @Override
  public Caller caller() {
    return request.caller();
  }

  @Override
  public Target target() {
    return request.target();
  }

  @Override
  public Instant deadline() {
    Instant known = deadline;
    if (known == null) {
      known = clock().instant().plus(directory.timeout());
      deadline = known;
    }
    return known;
  }

  @Override
  public Clock clock() {
    return directory.clock();
  }

  @Override
  public @Nullable String connectionProperty(String name) {
    return request.secrets().get(name);
  }

  @Override
  public @Nullable Credential supplyFrom(String specification) throws SupplyException {
    if (depth == DEEPEST) {
      throw new SupplyException(
          PercredError.of(
              DriverError.SUPPLIER_FAILED,
              SupplierDirectory.shown(specification),
              "suppliers ask each other in a circle"));
    }
    return directory
        .chain(specification)
        .supply(new ConnectionSupply(request, directory, depth + 1, deadline()));
  }

  /**
   * For whom, for what and with which secrets of the connection.
   *
   * @param caller the snapshot that was taken on the calling thread
   * @param target what the credential is for
   * @param secrets the tokens among the connection's properties
   */
  record Request(Caller caller, Target target, ConnectionSecrets secrets) {}
}
