package io.percred.postgres.claims;

import io.percred.postgres.claims.SettingSource.Facts;
import io.percred.postgres.wire.Binding;
import io.percred.postgres.wire.BindingPlan.UnboundException;
import io.percred.spi.Credential;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings that the configuration names, and where each gets its value. Immutable. */
public final class CallerSettings {
  /** What {@code percred.setting.NAME} takes. */
  public static final Pattern SHAPE = SettingSource.SHAPE;

  private final List<String> order;
  private final List<SettingSource> sources;
  private final boolean needClaims;
  private final Unvouched unvouched;

  /**
   * @param named what each setting is to hold, in the order in which they are set
   * @param prefix what stands in front of tokens, or empty
   * @param unvouched told of settings that nobody vouches for
   */
  public CallerSettings(Map<String, String> named, String prefix, Unvouched unvouched) {
    this.unvouched = unvouched;
    order = List.copyOf(named.keySet());
    sources = named.values().stream().map(source -> SettingSource.parse(source, prefix)).toList();
    needClaims = sources.stream().anyMatch(SettingSource.Claim.class::isInstance);
  }

  /** Their names, in lower case. */
  public Set<String> names() {
    return order.stream().map(GuardedNames::folded).collect(Collectors.toUnmodifiableSet());
  }

  /** Whether one of them holds a claim. */
  public boolean needClaims() {
    return needClaims;
  }

  /**
   * What the settings say about the caller: their values, but for those that hold a token.
   *
   * @param facts what they get their values from
   */
  List<String> identity(Facts facts) {
    return sources.stream()
        .filter(source -> !(source instanceof SettingSource.Token))
        .map(source -> source.valueFor(facts))
        .toList();
  }

  void addTo(BindingBuilder binding, Facts facts) throws UnboundException {
    for (int i = 0; i < order.size(); i++) {
      binding.set(order.get(i), valueFor(i, facts));
    }
  }

  private String valueFor(int setting, Facts facts) {
    SettingSource source = sources.get(setting);
    String value = source.valueFor(facts);
    Credential credential = facts.credential();
    if (value.isEmpty() && credential != null) {
      if (source instanceof SettingSource.Claim && facts.claims() == null) {
        unvouched.noClaims(order.get(setting));
      } else if (source instanceof SettingSource.Principal && !credential.hasTrustedPrincipal()) {
        unvouched.noPrincipal(order.get(setting));
      }
    }
    return value;
  }

  void addEmptyTo(BindingBuilder binding) throws UnboundException {
    for (String name : order) {
      binding.set(name, "");
    }
  }

  /**
   * A binding of these settings and no others.
   *
   * @param facts what they get their values from; null leaves them empty
   * @param call what is run behind them, or null
   * @throws UnboundException with PERCRED-204 if PostgreSQL cannot store a value
   */
  Binding binding(@Nullable Facts facts, @Nullable String call) throws UnboundException {
    // Without a builder, whose lists are garbage of every transaction.
    String[] values = new String[order.size()];
    for (int i = 0; i < values.length; i++) {
      String value = facts == null ? "" : valueFor(i, facts);
      values[i] = BindingBuilder.storable(order.get(i), value);
    }
    return new Binding(order, List.of(values), call);
  }
}
