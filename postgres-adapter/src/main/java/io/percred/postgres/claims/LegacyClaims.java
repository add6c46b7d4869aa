package io.percred.postgres.claims;

import io.percred.postgres.wire.BindingPlan.UnboundException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;

/**
 * Claims as settings of their own, {@code request.jwt.claim.NAME}, as PostgREST set them before its
 * version 9 and older policies read them. Which claims there are differs from token to token, so
 * those seen on this connection before are set empty when they are absent. Thread-safe.
 */
final class LegacyClaims {
  static final String PREFIX = "request.jwt.claim.";

  /** Whoever makes up names does not make the binding grow for ever. */
  private static final int MOST = 100;

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");

  private final Set<String> seen = new ConcurrentSkipListSet<>();

  /** Sets top-level claims whose names a setting can have; a text as it is, others as JSON. */
  void addTo(BindingBuilder binding, Map<String, ?> claims) throws UnboundException {
    Map<String, String> values = new HashMap<>();
    claims.forEach(
        (name, value) -> {
          if (IDENTIFIER.matcher(name).matches()) {
            String folded = GuardedNames.folded(name);
            // Settings are not case-sensitive: the effective role must not lose to a claim ROLE.
            if (folded.equals(name) || !claims.containsKey(folded)) {
              values.put(folded, ClaimsJson.textOf(value));
            }
          }
        });
    for (String name : values.keySet()) {
      if (seen.size() < MOST) {
        seen.add(name);
      }
    }
    for (String name : seen) {
      binding.set(PREFIX + name, values.getOrDefault(name, ""));
      values.remove(name);
    }
    for (Map.Entry<String, String> rest : values.entrySet()) {
      binding.set(PREFIX + rest.getKey(), rest.getValue());
    }
  }

  /** Sets all that were seen empty. */
  void addEmptyTo(BindingBuilder binding) throws UnboundException {
    addTo(binding, Map.of());
  }
}
