package io.percred.postgres.wire;

import io.percred.postgres.PostgresError;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredError;
import io.percred.spi.PercredEvent;
import io.percred.spi.PercredListener;
import io.percred.spi.Resolution;
import io.percred.spi.Target;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose the transaction is: resolved once, when its binding is due, and compared with who is
 * calling at every message that can touch data. Confined to one connection.
 */
final class TransactionCaller {
  private final GateContext context;
  private final TransactionTracker tracker;
  private final ReplyQueue replies;
  private final Supplier<Target> targetSource;
  private final Function<String, IOException> lost;

  // Volatile, because a decorator pins on one thread what another one uses.
  private volatile CredentialResolver resolver;

  private @Nullable Target target;
  private @Nullable Resolution resolution;
  private @Nullable Object key;
  private int transaction;
  private @Nullable Resolution foreseen;
  private @Nullable Object foreseenKey;
  private boolean resolvedInGroup;

  /** The key of whoever sent what is not answered yet. */
  private @Nullable Object speaker;

  /**
   * @param target what credentials are wanted for, known once the socket is connected
   * @param lost closes the connection and says why
   */
  TransactionCaller(
      GateContext context,
      TransactionTracker tracker,
      ReplyQueue replies,
      Supplier<Target> target,
      Function<String, IOException> lost) {
    this.context = context;
    this.resolver = context.resolver();
    this.tracker = tracker;
    this.replies = replies;
    this.targetSource = target;
    this.lost = lost;
  }

  /** From now on it is who is calling on this thread now, if anybody is. */
  void pin() {
    CredentialResolver connections = context.resolver();
    resolver = connections.hasCaller() ? connections.pinned() : connections;
  }

  /** From now on it is who is calling when a binding is due. */
  void unpin() {
    resolver = context.resolver();
  }

  /** Whether the connection is pinned: a decorator is going to take it back. */
  boolean isPinned() {
    return resolver != context.resolver();
  }

  /** Whether somebody else is calling on this thread than the connection is pinned to. */
  boolean isIntruder() {
    return resolver.isAnothersCall();
  }

  /**
   * The first message of a group is to go out.
   *
   * <p>A driver that has not read one caller's answers when it sends the next caller's message
   * takes the former for answers to the latter (pgjdbc does, after CopyOut.cancelCopy), so the
   * connection is closed then. What it has not read is what {@link ReplyQueue} holds: {@link
   * BackendFilter} takes an entry out only when the driver has read all in front of its end.
   */
  void speaks() throws IOException {
    Object now = resolver.callerKey();
    if (!replies.isEmpty() && !now.equals(speaker)) {
      throw unread();
    }
    speaker = now;
  }

  /** The driver probes: whoever kept the connection beyond their checkout gets nothing of it. */
  void probes() throws IOException {
    if (isIntruder()) {
      throw new IOException(PercredError.of(PostgresError.PINNED_TO_ANOTHER).headline());
    }
  }

  /**
   * An error of the server is handed over. A probe for notifications reads one that was left
   * unread, and shows it to whoever probes: the connection is closed then.
   */
  void readsError() throws IOException {
    CredentialResolver calling = resolver;
    if (!replies.isEmpty()
        && !context.keepsCaller()
        && calling.hasCaller()
        && !calling.callerKey().equals(speaker)) {
      throw unread();
    }
  }

  private IOException unread() {
    return lost.apply("a caller's answers were unread when another caller came");
  }

  /** Whether there is anybody to ask for. */
  boolean isAnybody() {
    return resolver.hasCaller();
  }

  /** Whether the transaction is that of the application's own service account. */
  boolean isService() {
    return resolution instanceof Resolution.Bind bind && bind.service();
  }

  /** The token of the transaction that was resolved last, to keep it out of errors; or null. */
  @Nullable String token() {
    return resolution instanceof Resolution.Bind bind ? bind.credential().token() : null;
  }

  /**
   * Makes sure that it is known whose transaction this is.
   *
   * @return why it may not run, or null if it may
   */
  @Nullable PercredError resolve() {
    if (isInTransaction()) {
      return changed();
    }
    if (isIntruder()) {
      return PercredError.of(PostgresError.PINNED_TO_ANOTHER);
    }
    Object caller = resolver.callerKey();
    Resolution resolved = resolveNow(caller);
    if (resolved instanceof Resolution.Refused refused) {
      return refused.error();
    }
    resolution = resolved;
    key = caller;
    resolvedInGroup = true;
    carriedOver();
    return null;
  }

  /**
   * Why a statement that needs no binding may not run either, in a transaction that is another
   * caller's; null if it may.
   */
  @Nullable PercredError changed() {
    if (!isInTransaction() || context.keepsCaller()) {
      return null;
    }
    if (isIntruder()) {
      return PercredError.of(PostgresError.PINNED_TO_ANOTHER);
    }
    return resolver.callerKey().equals(key) ? null : PercredError.of(PostgresError.CALLER_CHANGED);
  }

  private Resolution resolveNow(Object caller) {
    Resolution known = foreseen;
    foreseen = null;
    return known != null && caller.equals(foreseenKey) ? known : resolver.resolve(target());
  }

  /** The key of whoever is calling now. */
  Object key() {
    return resolver.callerKey();
  }

  /**
   * Who is going to be bound in the transaction that begins now, if anybody is; what is resolved
   * for this is good for the rest of the group.
   *
   * @return whose the session will be, or null if the transaction will be refused
   */
  @Nullable Object foresee() {
    Object caller = key();
    Resolution resolved = resolveNow(caller);
    foreseenKey = caller;
    foreseen = resolved;
    return ownerOf(resolved);
  }

  /**
   * Who reads what the session hears, if anybody does. Nothing of what is resolved for this is kept
   * for a statement, which may come much later.
   */
  @Nullable Object reader() {
    return ownerOf(resolver.resolve(target()));
  }

  private @Nullable Object ownerOf(Resolution resolved) {
    return resolved instanceof Resolution.Refused ? null : context.plan().owner(resolved);
  }

  /** The key of the caller whose transaction was resolved last. */
  Object resolvedKey() {
    resolved();
    return Objects.requireNonNull(key);
  }

  /** Whose the session is once the transaction is bound; null if it cannot be. */
  @Nullable Object owner() {
    return context.plan().owner(resolved());
  }

  /** Whether it is known whose the transaction is that is open, whoever is calling now. */
  boolean isInTransaction() {
    return resolution != null
        && transaction == tracker.transaction()
        && (resolvedInGroup || !tracker.isIdle());
  }

  /**
   * What the transaction is to be bound to.
   *
   * @throws IllegalStateException if it is not resolved
   */
  Binding binding() throws BindingPlan.UnboundException {
    return context.plan().bind(resolved());
  }

  private Resolution resolved() {
    if (resolution == null) {
      throw new IllegalStateException("The transaction is not resolved");
    }
    return resolution;
  }

  /** The principal that is bound, or null if nobody is. */
  @Nullable String principal() {
    return resolution instanceof Resolution.Bind bind ? bind.credential().principal() : null;
  }

  /** The claims that were accepted for the transaction, or null. */
  @Nullable Map<String, Object> claims() {
    return resolution instanceof Resolution.Bind bind ? bind.credential().claims() : null;
  }

  /** The digest of the token that is bound, or null if nobody is. */
  @Nullable String digest() {
    return resolution instanceof Resolution.Bind bind ? bind.credential().digest() : null;
  }

  /** The binding goes out. */
  void bound(@Nullable String digest) {
    if (context.listener() != PercredListener.NONE) {
      context.listener().onEvent(new PercredEvent.Bound(target(), principal(), digest));
    }
  }

  /** Another transaction began that is still the same caller's: a block out of an implicit one. */
  void carriedOver() {
    transaction = tracker.transaction();
  }

  /** The end of that transaction was sent and did not happen: what is open now is still it. */
  void stillIn(int earlier) {
    if (transaction == earlier) {
      carriedOver();
    }
  }

  /** A group of messages ended. */
  void endedGroup() {
    resolvedInGroup = false;
    foreseen = null;
  }

  private Target target() {
    Target known = target;
    if (known == null) {
      known = targetSource.get();
      target = known;
    }
    return known;
  }
}
