package io.percred.snowflake.emulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in: users and their roles, passwords, programmatic access tokens, and what was
 * revoked. Thread-safe.
 */
final class Accounts {
  private final AccessTokens accessTokens;
  private final Clock clock;
  private final Map<String, List<String>> roles;
  private final Map<String, String> passwords;
  private final Map<String, ProgrammaticToken> programmatic;
  private final Set<String> revokedTokens = ConcurrentHashMap.newKeySet();
  private final Set<String> disabledUsers = ConcurrentHashMap.newKeySet();

  /** A programmatic access token; {@code role} restricts its sessions. */
  record ProgrammaticToken(String user, String role, Instant expiresAt) {}

  /**
   * The accounts as configured.
   *
   * @param roles the roles of each user, the default first; empty: every user exists, with any role
   *     that the token names
   */
  record Configured(
      Map<String, List<String>> roles,
      Map<String, String> passwords,
      Map<String, ProgrammaticToken> programmatic) {}

  Accounts(AccessTokens accessTokens, Configured configured, Clock clock) {
    this.accessTokens = accessTokens;
    this.clock = clock;
    this.roles = Map.copyOf(configured.roles());
    this.passwords = Map.copyOf(configured.passwords());
    this.programmatic = Map.copyOf(configured.programmatic());
  }

  void revoke(String token) {
    revokedTokens.add(token);
  }

  void disable(String user) {
    disabledUsers.add(Identity.upper(user));
  }

  void enable(String user) {
    disabledUsers.remove(Identity.upper(user));
  }

  /** An OAuth access token. */
  Identity byAccessToken(@Nullable String token, @Nullable String loginName) throws SnowflakeError {
    if (token == null || token.isEmpty() || revokedTokens.contains(token)) {
      throw AccessTokens.invalid();
    }
    Identity identity = accessTokens.judge(token);
    if (loginName != null && !loginName.isEmpty() && !loginName.equalsIgnoreCase(identity.user())) {
      throw new SnowflakeError(
          "390309",
          "08001",
          "The user you were trying to authenticate as differs from the user tied to the access token.");
    }
    if (disabledUsers.contains(identity.user())) {
      throw disabled();
    }
    return granted(identity);
  }

  /** A programmatic access token. */
  Identity byProgrammaticToken(@Nullable String token, @Nullable String loginName)
      throws SnowflakeError {
    ProgrammaticToken known = token == null ? null : programmatic.get(token);
    boolean good =
        known != null
            && token != null
            && !revokedTokens.contains(token)
            && clock.instant().isBefore(known.expiresAt())
            && !disabledUsers.contains(known.user())
            && (loginName == null
                || loginName.isEmpty()
                || loginName.equalsIgnoreCase(known.user()));
    if (!good || known == null) {
      throw new SnowflakeError("394400", "08001", "Programmatic access token is invalid.");
    }
    return new Identity(known.user(), known.role(), Set.of(known.role()));
  }

  /** A user's password; a programmatic access token is good in its place. */
  Identity byPassword(@Nullable String loginName, @Nullable String password) throws SnowflakeError {
    if (password != null && programmatic.containsKey(password)) {
      return byProgrammaticToken(password, loginName);
    }
    String user = Identity.upper(loginName == null ? "" : loginName);
    String expected = passwords.get(user);
    if (expected == null
        || password == null
        || !MessageDigest.isEqual(bytes(expected), bytes(password))
        || disabledUsers.contains(user)) {
      throw new SnowflakeError("390100", "08001", "Incorrect username or password was specified.");
    }
    List<String> granted = roles.getOrDefault(user, List.of("PUBLIC"));
    return new Identity(user, granted.get(0), Set.copyOf(granted));
  }

  /** What of the token's roles the user has; a token for any role gets the user's own. */
  private Identity granted(Identity identity) throws SnowflakeError {
    List<String> granted = roles.get(identity.user());
    if (granted == null) {
      if (roles.isEmpty()) {
        return identity;
      }
      throw AccessTokens.invalid();
    }
    Set<String> asked = identity.roles();
    if (asked == null) {
      return new Identity(identity.user(), granted.get(0), Set.copyOf(granted));
    }
    if (!granted.containsAll(asked)) {
      throw roleDenied();
    }
    return identity;
  }

  private static SnowflakeError disabled() {
    return new SnowflakeError(
        "390101", "08001", "User access disabled. Contact your local system administrator.");
  }

  static SnowflakeError roleDenied() {
    return new SnowflakeError(
        "390317",
        "08001",
        "The role requested in the connection or the default role if none was requested in the"
            + " connection is not listed in the Access Token or was filtered.");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
