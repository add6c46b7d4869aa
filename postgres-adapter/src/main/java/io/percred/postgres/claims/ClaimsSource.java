package io.percred.postgres.claims;

import io.percred.postgres.PostgresError;
import io.percred.postgres.wire.BindingPlan.UnboundException;
import io.percred.spi.Credential;
import io.percred.spi.PercredError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the claims of a credential come from: from whoever vouches for them, and only with the
 * waiver {@code percred.claims.unverified} from the token itself.
 *
 * @param unverified whether the waiver is given
 */
public record ClaimsSource(boolean unverified) {
  /**
   * The claims, or null if nobody vouches for any.
   *
   * @throws UnboundException with PERCRED-215 if they must be read from the token and cannot
   */
  @Nullable Map<String, Object> find(Credential credential) throws UnboundException {
    Map<String, Object> claims = credential.claims();
    return claims == null && unverified ? payloadOf(credential) : claims;
  }

  /**
   * The claims.
   *
   * @throws UnboundException with PERCRED-211 if nobody vouches for any, with PERCRED-215 if they
   *     must be read from the token and cannot
   */
  Map<String, Object> require(Credential credential) throws UnboundException {
    Map<String, Object> claims = find(credential);
    if (claims == null) {
      throw new UnboundException(PercredError.of(PostgresError.NO_CLAIMS, who(credential)));
    }
    return claims;
  }

  /** Whom a credential stands for, in errors. */
  static String who(Credential credential) {
    return credential.hasTrustedPrincipal()
        ? "principal \"" + credential.principal() + '"'
        : "an unverified principal (digest " + credential.digest() + ")";
  }

  private static Map<String, Object> payloadOf(Credential credential) throws UnboundException {
    try {
      String[] parts = credential.token().split("\\.", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException("it does not have three parts");
      }
      byte[] payload = Base64.getUrlDecoder().decode(parts[1]);
      return ClaimsJson.read(new String(payload, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      // The cause is dropped: its message may quote the token.
      throw new UnboundException(PercredError.of(PostgresError.UNREADABLE_TOKEN, who(credential)));
    }
  }
}
