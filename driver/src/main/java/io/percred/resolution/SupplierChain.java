package io.percred.resolution;

import io.percred.spi.Credential;
import io.percred.spi.SupplyException;
import io.percred.spi.TokenSupplier;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Suppliers that are asked in order until one has a credential. A blank token counts as none; a
 * failure ends the chain, because the next supplier could stand for somebody else. Immutable.
 */
public final class SupplierChain {
  private static final Logger LOG = LoggerFactory.getLogger(SupplierChain.class);

  private final List<NamedSupplier> suppliers;
  private final SupplierCalls calls;
  private final boolean dependsOnCaller;

  /** Those that only look: they run on the calling thread, and may see more than the caller. */
  private final List<NamedSupplier> looking;

  /** A chain of at least one supplier. */
  public SupplierChain(List<NamedSupplier> suppliers, SupplierCalls calls) {
    this.suppliers = List.copyOf(suppliers);
    this.calls = calls;
    this.dependsOnCaller =
        this.suppliers.stream().anyMatch(each -> each.supplier().dependsOnCaller());
    this.looking =
        this.suppliers.stream()
            .filter(each -> !each.isContext() && looks(each.supplier()))
            .toList();
  }

  /** The first credential that is not blank, or null. */
  @Nullable Credential supply(ConnectionSupply context) throws SupplyException {
    return supply(context, null);
  }

  /**
   * The first credential that is not blank, or null.
   *
   * @param pinned what stands for the suppliers that saw it, or null
   */
  @Nullable Credential supply(ConnectionSupply context, @Nullable ThreadSight pinned)
      throws SupplyException {
    // By index, as this runs for each transaction and an iterator would be garbage.
    for (int i = 0; i < suppliers.size(); i++) {
      NamedSupplier each = suppliers.get(i);
      Credential credential =
          pinned != null && pinned.holds(each)
              ? pinned.suppliedBy(each)
              : calls.call(each, context.next());
      if (credential != null && credential.isPresent()) {
        return credential;
      }
    }
    return null;
  }

  /** Whether a supplier has dropped the credential, which the database did not take. */
  boolean rejected(Credential credential) {
    boolean dropped = false;
    for (NamedSupplier each : suppliers) {
      try {
        dropped |= each.supplier().rejected(credential);
      } catch (RuntimeException e) {
        // The denial is what the caller must hear of; the supplier goes on with what it has.
        LOG.warn("{} could not drop {}", each.title(), credential, TextlessCause.of(e));
      }
    }
    return dropped;
  }

  private static boolean looks(TokenSupplier supplier) {
    return supplier.dependsOnCaller() && !supplier.mayBlock();
  }

  /** Whether there is a supplier that may see more than the caller on the calling thread. */
  boolean looks() {
    return !looking.isEmpty();
  }

  /** What is seen on the calling thread beyond the caller. */
  ThreadSight look(ConnectionSupply context) {
    return ThreadSight.of(looking, context);
  }

  /** Whether another caller may mean another credential. */
  boolean dependsOnCaller() {
    return dependsOnCaller;
  }

  /** Whether there is one credential only for as long as a connection lives. */
  boolean isFixed() {
    return suppliers.stream().allMatch(each -> each.supplier().isFixed());
  }

  boolean asksContext() {
    return suppliers.stream().anyMatch(NamedSupplier::isContext);
  }

  /** The names of the suppliers other than the context, for errors; maybe empty. */
  String others() {
    return suppliers.stream()
        .filter(each -> !each.isContext())
        .map(NamedSupplier::name)
        .collect(Collectors.joining(", "));
  }

  /** The names of the suppliers, for errors. */
  @Override
  public String toString() {
    return suppliers.stream().map(NamedSupplier::name).collect(Collectors.joining(", "));
  }
}
