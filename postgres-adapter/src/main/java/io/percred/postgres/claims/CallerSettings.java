package io.percred.postgres.claims;

import io.percred.postgres.claims.SettingSource.Facts;
import io.percred.postgres.wire.BindingPlan.UnboundException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The settings that the configuration names, and where each gets its value. Immutable. */
public final class CallerSettings {
  /** What {@code percred.setting.NAME} takes. */
  public static final Pattern SHAPE = SettingSource.SHAPE;

  private final Map<String, SettingSource> sources = new LinkedHashMap<>();
  private final boolean needClaims;

  /**
   * @param named what each setting is to hold, in the order in which they are set
   * @param prefix what stands in front of tokens, or empty
   */
  public CallerSettings(Map<String, String> named, String prefix) {
    named.forEach((name, source) -> sources.put(name, SettingSource.parse(source, prefix)));
    needClaims = sources.values().stream().anyMatch(SettingSource.Claim.class::isInstance);
  }

  /** Their names, in lower case. */
  public Set<String> names() {
    return sources.keySet().stream()
        .map(GuardedNames::folded)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether one of them holds a claim. */
  public boolean needClaims() {
    return needClaims;
  }

  void addTo(BindingBuilder binding, Facts facts) throws UnboundException {
    for (Map.Entry<String, SettingSource> each : sources.entrySet()) {
      binding.set(each.getKey(), each.getValue().valueFor(facts));
    }
  }

  void addEmptyTo(BindingBuilder binding) throws UnboundException {
    for (String name : sources.keySet()) {
      binding.set(name, "");
    }
  }
}
