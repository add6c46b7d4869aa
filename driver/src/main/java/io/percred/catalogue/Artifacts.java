package io.percred.catalogue;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of percred's artifacts brings a documented name, for errors about its absence. */
public final class Artifacts {
  private static final String TOKENS = "percred-tokens";
  private static final String POSTGRES = "percred-postgres-adapter";
  private static final String SNOWFLAKE = "percred-snowflake-adapter";

  private static final Set<String> TOKEN_NAMES =
      Set.of(
          "command",
          "client-credentials",
          "refresh-token",
          "token-exchange",
          "jwt-bearer",
          "jwt",
          "introspection",
          "remote",
          "by-kind");
  private static final Map<String, String> ADAPTERS =
      Map.of("postgresql", POSTGRES, "snowflake", SNOWFLAKE);
  private static final Map<String, String> PACKAGES =
      Map.of("postgresql", "io.percred.postgres", "snowflake", "io.percred.snowflake");
  private static final Map<String, String> PROPERTY_GROUPS =
      Map.ofEntries(
          Map.entry("jwt", TOKENS),
          Map.entry("remote", TOKENS),
          Map.entry("introspection", TOKENS),
          Map.entry("http", TOKENS),
          Map.entry("breaker", TOKENS),
          Map.entry("oauth", TOKENS),
          Map.entry("service", TOKENS),
          Map.entry("verifier", TOKENS),
          Map.entry("pat-prefix", TOKENS),
          Map.entry("mode", POSTGRES),
          Map.entry("setting", POSTGRES),
          Map.entry("prefix", POSTGRES),
          Map.entry("on-change", POSTGRES),
          Map.entry("delivery", POSTGRES),
          Map.entry("residue", POSTGRES),
          Map.entry("guard", POSTGRES),
          Map.entry("claims", POSTGRES),
          Map.entry("role-claim", POSTGRES),
          Map.entry("anonymous-role", POSTGRES),
          Map.entry("allowed-roles", POSTGRES),
          Map.entry("pre-request", POSTGRES),
          Map.entry("legacy-claims", POSTGRES),
          Map.entry("search-path", POSTGRES),
          Map.entry("role-settings-ttl", POSTGRES),
          Map.entry("snowflake", SNOWFLAKE));

  private Artifacts() {}

  /** The artifact with the adapter, supplier or verifier of that name, or null if unknown. */
  static @Nullable String of(String kind, String name) {
    return kind.equals(Installed.ADAPTER)
        ? ADAPTERS.get(name)
        : TOKEN_NAMES.contains(name) ? TOKENS : null;
  }

  /** The package of percred's own adapter for that database, or null if there is none. */
  static @Nullable String packageOfAdapter(String subprotocol) {
    return PACKAGES.get(subprotocol);
  }

  /** The artifact that reads the documented property of that name, or null if unknown. */
  public static @Nullable String ofProperty(String key) {
    String[] words = key.split("\\.", 3);
    return words.length < 2 ? null : PROPERTY_GROUPS.get(words[1]);
  }
}
