package io.percred.postgres.login;

import io.percred.postgres.PostgresError;
import io.percred.postgres.PostgresProperty;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.Settings;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What percred's own properties say about logins.
 *
 * @param userClaim the path of the claim that names the role, or null if the URL names it
 * @param plaintext whether a login without TLS is accepted
 * @param jit whether just-in-time access is asked for
 */
record LoginRules(@Nullable String userClaim, boolean plaintext, boolean jit) {
  /** PostgreSQL cuts a longer name short, which would make it another one. */
  private static final int LONGEST_NAME = 63;

  static LoginRules of(Settings settings) {
    return new LoginRules(
        settings.text(PostgresProperty.LOGIN_USER_CLAIM),
        settings.flag(PostgresProperty.LOGIN_ALLOW_PLAINTEXT),
        settings.flag(PostgresProperty.LOGIN_JIT));
  }

  /**
   * The role that the claims name.
   *
   * @throws SQLException with PERCRED-234 if nobody vouched for them or they name none
   */
  String claimedUser(Credential credential, String path) throws SQLException {
    Map<String, Object> claims = credential.claims();
    if (claims == null) {
      throw refusal(path, "nobody vouched for the claims of this token");
    }
    Object value = valueAt(claims, path);
    if (!(value instanceof String user) || user.isBlank()) {
      throw refusal(
          path, value == null ? "the token has no such claim" : "the claim is not a name");
    }
    if (user.indexOf('\0') >= 0 || user.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      throw refusal(
          path, "the claim is longer than a role's name can be, or holds a NUL character");
    }
    return user;
  }

  /** The claim of exactly that name; else the dots lead into objects. */
  private static @Nullable Object valueAt(Map<?, ?> claims, String path) {
    if (claims.containsKey(path)) {
      return claims.get(path);
    }
    int dot = path.indexOf('.');
    return dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? valueAt(inner, path.substring(dot + 1))
        : null;
  }

  private static SQLException refusal(String path, String reason) {
    return PercredError.of(PostgresError.LOGIN_USER_CLAIM, path, reason).toSqlException();
  }
}
