package io.percred.runtime;

import io.percred.catalogue.Installed;
import io.percred.resolution.CallerResolver;
import io.percred.spi.AdapterContext;
import io.percred.spi.CredentialResolver;
import io.percred.spi.PercredListener;
import io.percred.spi.Settings;
import java.sql.SQLException;
import java.time.Clock;
import java.util.function.Supplier;

/** What an adapter gets for one connection. */
record ConnectionContext(SharedRuntime runtime, CallerResolver connectionsResolver)
    implements AdapterContext {
  /** The context of a connection that percred does not open. */
  static ConnectionContext ofOpen(
      ConnectionPlan plan, ChosenInCode chosen, RuntimeRegistry registry, Clock clock)
      throws SQLException {
    SharedRuntime runtime =
        registry.get(
            plan.runtimeKey(chosen),
            () -> SharedRuntime.of(plan.settings(), chosen, Installed.onThisThread(), clock));
    CallerResolver resolver = runtime.newResolver(plan.secrets());
    resolver.connected();
    return new ConnectionContext(runtime, resolver);
  }

  @Override
  public CredentialResolver resolver() {
    return connectionsResolver;
  }

  @Override
  public Settings settings() {
    return runtime.settings();
  }

  @Override
  public PercredListener listener() {
    return runtime.listener();
  }

  @Override
  public Clock clock() {
    return runtime.clock();
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<? extends T> factory) {
    return runtime.shared(type, factory);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "ConnectionContext[" + connectionsResolver + "]";
  }
}
