package io.percred.resolution;

import io.percred.caller.CallerKey;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.SupplyException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the suppliers that run on the calling thread see there beyond the caller, such as a
 * thread-local of the application's: it tells callers apart for whom no CallerContext is open. Of a
 * supplier that fails nothing is known, so what it sees equals nothing else. Immutable.
 */
final class ThreadSight {
  private final List<NamedSupplier> asked = new ArrayList<>(1);
  private final List<@Nullable Credential> seen = new ArrayList<>(1);
  private final @Nullable SupplyException failure;

  private ThreadSight(List<NamedSupplier> suppliers, ConnectionSupply context) {
    PercredError reentrance = ActiveCall.reentrance();
    SupplyException failed = reentrance == null ? null : new SupplyException(reentrance);
    for (NamedSupplier each : suppliers) {
      if (failed == null && !each.supplier().mayBlock()) {
        try {
          Credential credential = SupplierCalls.callHere(each, context);
          asked.add(each);
          seen.add(credential != null && credential.isPresent() ? credential : null);
        } catch (SupplyException e) {
          failed = e;
        }
      }
    }
    this.failure = failed;
  }

  /** What these suppliers see on this thread now; one that may block for once is not asked. */
  static ThreadSight of(List<NamedSupplier> suppliers, ConnectionSupply context) {
    return new ThreadSight(suppliers, context);
  }

  /** Whether there is anybody, or nobody knows. */
  boolean isAnybody() {
    for (int i = 0; i < seen.size(); i++) {
      if (seen.get(i) != null) {
        return true;
      }
    }
    return failure != null;
  }

  /** Tells who is seen, to compare with {@code equals}; holds no token. */
  Object key() {
    return failure == null
        ? seen.stream().map(each -> each == null ? CallerKey.NOBODY : keyOf(each)).toList()
        : this;
  }

  private static CallerKey keyOf(Credential credential) {
    return CallerKey.of(Caller.of(credential));
  }

  boolean holds(NamedSupplier supplier) {
    return failure != null || asked.contains(supplier);
  }

  /** What that supplier supplied when it was asked. */
  @Nullable Credential suppliedBy(NamedSupplier supplier) throws SupplyException {
    if (failure != null) {
      throw failure;
    }
    return seen.get(asked.indexOf(supplier));
  }
}
