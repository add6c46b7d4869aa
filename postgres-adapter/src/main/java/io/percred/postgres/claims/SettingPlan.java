package io.percred.postgres.claims;

import io.percred.postgres.claims.SettingSource.Facts;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan;
import io.percred.spi.Credential;
import io.percred.spi.Resolution;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code mode=setting}: the token in a setting, and what else the configuration names. */
public final class SettingPlan implements BindingPlan {
  private final PlanExtras extras;
  private final Runnable accepted;

  /** A plan that binds {@code extras} and nothing else. */
  public SettingPlan(PlanExtras extras) {
    this.extras = extras;
    this.accepted = () -> {};
  }

  /**
   * The same for a connection that percred opens.
   *
   * @param shared looks at the login once the server has accepted it
   */
  public SettingPlan(PlanExtras extras, SharedLogin shared, LoginRole login) {
    this.extras = extras;
    this.accepted = () -> shared.accepted(login);
  }

  @Override
  public void loggedIn(@Nullable String sessionUser) {
    accepted.run();
  }

  @Override
  public Set<String> managedNames() {
    return extras.settings().names();
  }

  @Override
  public Set<String> guardedNames() {
    return extras.guarded() ? GuardedNames.of(managedNames()) : Set.of();
  }

  @Override
  public boolean switchesRole() {
    return false;
  }

  @Override
  public Binding bind(Resolution resolution) throws UnboundException {
    CallerSettings settings = extras.settings();
    if (!(resolution instanceof Resolution.Bind bind)) {
      return settings.binding(null, extras.preRequest());
    }
    try {
      return settings.binding(factsOf(bind), extras.preRequest());
    } catch (IllegalArgumentException e) {
      throw ClaimsPlan.badClaims(bind.credential(), e);
    }
  }

  /** The principal, and what else the settings hold of the caller. */
  @Override
  public @Nullable Object owner(Resolution resolution) {
    Object principal = BindingPlan.principal(resolution);
    if (!(resolution instanceof Resolution.Bind bind)) {
      return principal;
    }
    try {
      return new Owner(principal, extras.settings().identity(factsOf(bind)));
    } catch (UnboundException | IllegalArgumentException e) {
      return null;
    }
  }

  private record Owner(Object principal, List<String> values) {}

  private Facts factsOf(Resolution.Bind bind) throws UnboundException {
    Credential credential = bind.credential();
    Map<String, Object> claims =
        extras.settings().needClaims() ? extras.claims().find(credential) : null;
    return new Facts(credential, bind.caller().attributes(), claims);
  }
}
