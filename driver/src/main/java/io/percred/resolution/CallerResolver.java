package io.percred.resolution;

import io.percred.caller.CallerKey;
import io.percred.caller.CallerStack;
import io.percred.caller.OpenCaller;
import io.percred.catalogue.DriverError;
import io.percred.catalogue.OnMissing;
import io.percred.spi.Caller;
import io.percred.spi.Credential;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.SupplyException;
import io.percred.spi.Target;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves whose credential a transaction of one connection gets. Used by whichever thread uses the
 * connection.
 */
public final class CallerResolver implements CredentialResolver {
  private static final Logger LOG = LoggerFactory.getLogger(CallerResolver.class);

  private static final String NO_VERIFICATION = "none";

  /** Stands for the target until the first transaction tells it. */
  private static final Target UNKNOWN = new Target("jdbc:", null, null);

  private final ResolutionRules rules;
  private final ConnectionSecrets secrets;
  private final Judgement judgement;
  private final Supplier<? extends @Nullable OpenCaller> callers;
  private final @Nullable ThreadSight pinnedSight;
  private volatile Target lastTarget = UNKNOWN;
  private final boolean pinned;
  private volatile boolean connected;

  /** A resolver for one connection that is about to be opened. */
  public CallerResolver(ResolutionRules rules, ConnectionSecrets secrets) {
    this(rules, secrets, CallerStack::innermost, null, false);
  }

  private CallerResolver(
      ResolutionRules rules,
      ConnectionSecrets secrets,
      Supplier<? extends @Nullable OpenCaller> callers,
      @Nullable ThreadSight pinnedSight,
      boolean pinned) {
    this.rules = rules;
    this.secrets = secrets;
    this.judgement = new Judgement(rules);
    this.callers = callers;
    this.pinnedSight = pinnedSight;
    this.pinned = pinned;
  }

  /** Says that the connection is open: from now on an outage is not a failure to connect. */
  public void connected() {
    connected = true;
  }

  @Override
  public CredentialResolver pinned() {
    OpenCaller now = callers.get();
    CallerResolver pinned = new CallerResolver(rules, secrets, () -> now, sight(now), true);
    pinned.connected = connected;
    pinned.lastTarget = lastTarget;
    return pinned;
  }

  @Override
  public boolean isAnothersCall() {
    OpenCaller calling = pinned ? CallerStack.innermost() : null;
    OpenCaller taker = pinned ? callers.get() : null;
    return calling != null && taker != null && !contextKey(calling).equals(contextKey(taker));
  }

  @Override
  public Object callerKey() {
    OpenCaller open = callers.get();
    ThreadSight sight = open != null && open.isService() ? null : sight(open);
    return sight == null ? contextKey(open) : new Seen(contextKey(open), sight.key());
  }

  /** What of the context tells callers apart. */
  private CallerKey contextKey(@Nullable OpenCaller open) {
    return open != null && (open.isService() || rules.suppliers().dependsOnCaller())
        ? open.key()
        : CallerKey.NOBODY;
  }

  /** The key of a caller who is told by more than the context. */
  private record Seen(CallerKey context, Object sight) {}

  @Override
  public boolean hasCaller() {
    OpenCaller open = callers.get();
    if (open != null || !rules.suppliers().dependsOnCaller()) {
      return true;
    }
    ThreadSight sight = sight(null);
    return sight != null && sight.isAnybody();
  }

  /** What suppliers see on this thread beyond the caller; null if none of them looks. */
  private @Nullable ThreadSight sight(@Nullable OpenCaller open) {
    if (pinnedSight != null || !rules.suppliers().looks()) {
      return pinnedSight;
    }
    return rules.suppliers().look(context(open == null ? Caller.NONE : open.caller(), lastTarget));
  }

  @Override
  public boolean isFixed() {
    OpenCaller open = callers.get();
    return (open == null || !open.isService()) && rules.suppliers().isFixed();
  }

  @Override
  public boolean hasVerifier() {
    return !rules.verifier().name().equals(NO_VERIFICATION);
  }

  @Override
  public Resolution resolve(Target target) {
    lastTarget = target;
    Resolution resolution = decide(target);
    LOG.trace("Resolved {}", resolution);
    if (resolution instanceof Resolution.Refused refused) {
      if (!connected) {
        refused = new Resolution.Refused(WhileConnecting.applyTo(refused.error()));
      }
      if (rules.listener() != PercredListener.NONE) {
        rules.listener().onEvent(new PercredEvent.Refused(target, refused.error()));
      }
      return refused;
    }
    return resolution;
  }

  @Override
  public boolean rejected(Credential credential) {
    SupplierChain service = rules.service();
    boolean dropped = service != null && service.rejected(credential);
    return rules.suppliers().rejected(credential) || dropped;
  }

  private Resolution decide(Target target) {
    PercredError reentrance = ActiveCall.reentrance();
    if (reentrance != null) {
      return new Resolution.Refused(reentrance);
    }
    OpenCaller open = callers.get();
    try {
      if (open != null && open.isService()) {
        return withinServiceScope(target);
      }
      Caller caller = open == null ? Caller.NONE : open.caller();
      Credential credential = rules.suppliers().supply(context(caller, target), pinnedSight);
      return credential == null
          ? withoutCredential(open, caller, target)
          : judgement.of(credential, caller, false, target);
    } catch (SupplyException e) {
      return new Resolution.Refused(e.error());
    }
  }

  private Resolution withinServiceScope(Target target) throws SupplyException {
    SupplierChain service = rules.service();
    if (service != null) {
      return asService(service, target);
    }
    // The one policy that means the same login as a service scope would.
    return rules.onMissing() == OnMissing.SHARED
        ? new Resolution.Shared()
        : refused(DriverError.NO_SERVICE_SUPPLIER, Thread.currentThread().getName());
  }

  private Resolution withoutCredential(@Nullable OpenCaller open, Caller caller, Target target)
      throws SupplyException {
    return switch (rules.onMissing()) {
      case REJECT -> refused(DriverError.NO_CREDENTIAL, reasonOfAbsence(open), "reject");
      case ANONYMOUS -> new Resolution.Anonymous(caller);
      case SHARED -> new Resolution.Shared();
      case SERVICE -> {
        SupplierChain service = rules.service();
        yield service == null
            ? refused(DriverError.NO_SERVICE_SUPPLIER, Thread.currentThread().getName())
            : asService(service, target);
      }
    };
  }

  private Resolution asService(SupplierChain service, Target target) throws SupplyException {
    Credential credential = service.supply(context(Caller.NONE, target));
    return credential == null
        ? refused(DriverError.NO_SERVICE_CREDENTIAL, service)
        : judgement.of(credential, Caller.NONE, true, target);
  }

  private ConnectionSupply context(Caller caller, Target target) {
    return ConnectionSupply.of(
        new ConnectionSupply.Request(caller, target, secrets), rules.directory());
  }

  private String reasonOfAbsence(@Nullable OpenCaller open) {
    SupplierChain suppliers = rules.suppliers();
    String thread = "thread \"" + Thread.currentThread().getName() + '"';
    String others = suppliers.others();
    if (!suppliers.asksContext()) {
      return "on " + thread + " supplier " + others + " has none";
    }
    String context =
        open == null
            ? "no CallerContext is open on " + thread
            : "the CallerContext on " + thread + " has no token";
    return others.isEmpty() ? context : context + ", " + others + " has none";
  }

  private static Resolution refused(DriverError error, Object... arguments) {
    return new Resolution.Refused(PercredError.of(error, arguments));
  }

  /** Shows no secret. */
  @Override
  public String toString() {
    return "CallerResolver[" + rules.suppliers() + ", " + rules.onMissing() + "]";
  }
}
