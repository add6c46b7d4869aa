package io.percred.snowflake;

import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import io.percred.spi.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a new session is its caller's. The account's security integration maps a token to a user,
 * by a claim of the account's choice; this asks which user that was.
 *
 * @param enabled whether anything is asked
 * @param claim the claim that names the user, besides the principal
 */
record UserCheck(boolean enabled, String claim) {
  static UserCheck of(Settings settings) {
    return new UserCheck(
        settings.flag(SnowflakeProperty.VERIFY_USER),
        Objects.requireNonNull(settings.text(SnowflakeProperty.USER_CLAIM)));
  }

  /**
   * Makes sure that the check can succeed.
   *
   * @throws SQLException with PERCRED-358 if nobody vouched for a name
   */
  void requireName(Credential credential) throws SQLException {
    if (enabled && !credential.hasTrustedPrincipal() && claimOf(credential) == null) {
      throw PercredError.of(SnowflakeError.UNVERIFIED_PRINCIPAL, claim).toSqlException();
    }
  }

  /**
   * Asks the session for its user, and closes it if that is somebody else.
   *
   * @throws SQLException with PERCRED-357 if it is
   */
  void verify(Connection connection, Credential credential) throws SQLException {
    if (!enabled) {
      return;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
      String user = row.next() ? row.getString(1) : null;
      if (user == null || !isNamed(user, credential)) {
        throw PercredError.of(
                SnowflakeError.WRONG_USER, String.valueOf(user), credential.principal(), claim)
            .toSqlException();
      }
    } catch (SQLException | RuntimeException | Error e) {
      // The driver throws an Error where Java keeps its results' memory from it.
      try {
        connection.close();
      } catch (SQLException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
  }

  private boolean isNamed(String user, Credential credential) {
    return (credential.hasTrustedPrincipal() && user.equalsIgnoreCase(credential.principal()))
        || user.equalsIgnoreCase(claimOf(credential));
  }

  private @Nullable String claimOf(Credential credential) {
    Map<String, Object> claims = credential.claims();
    return claims != null && claims.get(claim) instanceof String name ? name : null;
  }
}
