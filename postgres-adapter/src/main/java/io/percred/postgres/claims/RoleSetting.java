package io.percred.postgres.claims;

/**
 * A setting that a role brings with it ({@code ALTER ROLE … SET}).
 *
 * @param name its name, in lower case
 * @param value its value
 */
public record RoleSetting(String name, String value) {
  /** Whether the setting is about what the server logs, and so maybe about bind parameters. */
  boolean isLoud() {
    return name.startsWith("log_")
        || name.startsWith("debug_")
        || name.startsWith("auto_explain.")
        || name.startsWith("pgaudit.");
  }
}
