package io.percred.snowflake.emulator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges OAuth access tokens as an external OAuth security integration would: signature by the
 * issuer's keys, issuer, audience, and expiry to the second on the emulator's clock, without
 * leeway. Thread-safe.
 */
final class AccessTokens {
  private static final Logger LOG = LoggerFactory.getLogger(AccessTokens.class);
  private static final String ROLE_SCOPE = "session:role:";
  private static final String ANY_ROLE_SCOPE = "session:role-any";

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final String userClaim;

  AccessTokens(Issuer issuer, String userClaim, Clock clock) {
    this.userClaim = userClaim;
    Set<JWSAlgorithm> algorithms = new HashSet<>(JWSAlgorithm.Family.SIGNATURE);
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, issuer.keys()));
    processor.setJWTClaimsSetVerifier(new ExactClaims(issuer, userClaim, clock));
  }

  /**
   * An issuer of access tokens.
   *
   * @param name the expected {@code iss}
   * @param audience the expected {@code aud}, or null for any
   * @param keys the issuer's published keys
   */
  record Issuer(String name, @Nullable String audience, JWKSource<SecurityContext> keys) {}

  /**
   * The identity that the token proves.
   *
   * @throws SnowflakeError 390318 if it has expired, 390303 if it is not good for another reason
   */
  Identity judge(String token) throws SnowflakeError {
    try {
      JWTClaimsSet claims = processor.process(token, null);
      String user = claims.getStringClaim(userClaim);
      if (user == null || user.isBlank()) {
        throw invalid();
      }
      return identity(Identity.upper(user), scopes(claims));
    } catch (ExpiredJWTException e) {
      throw new SnowflakeError("390318", "08001", "OAuth access token expired.");
    } catch (ParseException | BadJOSEException | JOSEException e) {
      LOG.debug("Refused an access token", e);
      throw invalid();
    }
  }

  static SnowflakeError invalid() {
    return new SnowflakeError("390303", "08001", "Invalid OAuth access token.");
  }

  private static Identity identity(String user, Collection<String> scopes) {
    List<String> roles = new ArrayList<>();
    boolean any = false;
    for (String scope : scopes) {
      String lower = scope.toLowerCase(Locale.ROOT);
      if (lower.startsWith(ROLE_SCOPE)) {
        roles.add(Identity.upper(scope.substring(ROLE_SCOPE.length())));
      }
      any |= lower.equals(ANY_ROLE_SCOPE);
    }
    String first = roles.isEmpty() ? "PUBLIC" : roles.get(0);
    return new Identity(
        user, first, any ? null : roles.isEmpty() ? Set.of("PUBLIC") : Set.copyOf(roles));
  }

  private static Collection<String> scopes(JWTClaimsSet claims) throws ParseException {
    List<String> found = new ArrayList<>();
    for (String name : List.of("scp", "scope")) {
      Object claim = claims.getClaim(name);
      if (claim instanceof String text) {
        found.addAll(List.of(text.split("[ ,]+", -1)));
      } else if (claim instanceof Collection<?> list) {
        list.forEach(each -> found.add(String.valueOf(each)));
      }
    }
    return found;
  }

  /** The standard checks on the emulator's clock, with no leeway. */
  private static final class ExactClaims extends DefaultJWTClaimsVerifier<SecurityContext> {
    private final Clock clock;

    ExactClaims(Issuer issuer, String userClaim, Clock clock) {
      super(
          issuer.audience(),
          new JWTClaimsSet.Builder().issuer(issuer.name()).build(),
          Set.of("exp", userClaim));
      this.clock = clock;
      setMaxClockSkew(0);
    }

    @Override
    protected Date currentTime() {
      return Date.from(clock.instant());
    }
  }
}
