package io.percred.snowflake.emulator;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a login turned out to be, and which roles the credential allows.
 *
 * @param user in upper case, as Snowflake stores names
 * @param defaultRole the role of a session that asks for none
 * @param roles the roles allowed, or null for any role ({@code session:role-any})
 */
record Identity(String user, String defaultRole, @Nullable Set<String> roles) {

  boolean allows(String role) {
    return roles == null || roles.contains(role);
  }

  static String upper(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}
