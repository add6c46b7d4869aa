package io.percred.session;

import io.percred.spi.AdapterContext;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredListener;
import io.percred.spi.Settings;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The context of one handle, whose caller can be pinned. Thread-safe. */
final class PinnableContext implements AdapterContext {
  private final AdapterContext context;
  private volatile @Nullable CredentialResolver pinned;

  PinnableContext(AdapterContext context) {
    this.context = context;
  }

  /** From now on the caller is who is calling on this thread now, if somebody is. */
  void pin() {
    CredentialResolver now = context.resolver();
    pinned = now.hasCaller() ? now.pinned() : null;
  }

  /** The caller is who is calling, again. */
  void unpin() {
    pinned = null;
  }

  @Override
  public CredentialResolver resolver() {
    CredentialResolver now = pinned;
    return now == null ? context.resolver() : now;
  }

  @Override
  public Settings settings() {
    return context.settings();
  }

  @Override
  public PercredListener listener() {
    return context.listener();
  }

  @Override
  public Clock clock() {
    return context.clock();
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<? extends T> factory) {
    return context.shared(type, factory);
  }
}
