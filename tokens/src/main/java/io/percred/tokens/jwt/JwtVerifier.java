package io.percred.tokens.jwt;

import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.SafeText;
import io.percred.tokens.jwt.VerifiedTokens.Verified;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Verifies JSON Web Tokens. A signature is checked once per token and set of keys; expiry and the
 * other times are checked at every use. Denials are not remembered. Thread-safe.
 */
final class JwtVerifier implements CredentialVerifier {
  static final String NAME = "jwt";

  private final List<KeySource> sources;
  private final TypeRule type;
  private final ClaimRules rules;
  private final Clock clock;
  private final Runnable whenClosed;
  private final boolean mayBlock;
  private final VerifiedTokens verified = new VerifiedTokens();

  JwtVerifier(
      List<KeySource> sources, TypeRule type, ClaimRules rules, Clock clock, Runnable whenClosed) {
    this.sources = List.copyOf(sources);
    this.type = type;
    this.rules = rules;
    this.clock = clock;
    this.whenClosed = whenClosed;
    this.mayBlock = sources.stream().anyMatch(source -> !(source instanceof KeySource.Fixed));
  }

  @Override
  public Verdict verify(Credential credential, Target target) {
    try {
      Verified known = verified.get(credential);
      if (known == null || !known.isInForce()) {
        known = checkSignature(credential);
        verified.put(credential, known);
      }
      String problem = known.times().problemAt(clock.millis(), rules.leeway());
      return problem == null ? accept(known.accepted(), credential) : denied(problem);
    } catch (DeniedException e) {
      verified.forget(credential);
      return denied(String.valueOf(e.getMessage()));
    } catch (OutageException e) {
      return e.outage().toVerdict();
    }
  }

  @Override
  public boolean mayBlock() {
    return mayBlock;
  }

  @Override
  public void close() {
    verified.clear();
    whenClosed.run();
  }

  private static Verdict denied(String reason) {
    return new Verdict.Denied(NAME, reason);
  }

  /**
   * What was accepted for this token before, unless the application knows more about this
   * credential: an earlier expiry, or a name where the token has none.
   */
  private static Verdict accept(Verdict.Accepted accepted, Credential presented) {
    Credential known = accepted.credential();
    Instant expiry = presented.expiry();
    boolean earlier = expiry != null && (known.expiry() == null || expiry.isBefore(known.expiry()));
    boolean named = presented.hasTrustedPrincipal() && !known.hasTrustedPrincipal();
    if (!earlier && !named) {
      return accepted;
    }
    Credential result = named ? known.withPrincipal(presented.principal()) : known;
    return new Verdict.Accepted(expiry != null && earlier ? result.withExpiry(expiry) : result);
  }

  private Verified checkSignature(Credential credential) throws DeniedException, OutageException {
    try {
      SignedToken token = SignedToken.parse(credential.token());
      String problem = type.problemWith(token.type());
      if (problem != null) {
        throw new DeniedException(problem);
      }
      for (KeySource source : sources) {
        VerificationKeys keys = source.current();
        if (isSigned(token, keys)) {
          return judged(credential, token.claims(), source, keys);
        }
      }
      for (KeySource source : sources) {
        VerificationKeys seen = source.current();
        VerificationKeys newer = newer(source, seen, token);
        if (newer != seen && isSigned(token, newer)) {
          return judged(credential, token.claims(), source, newer);
        }
      }
      throw new DeniedException(signatureProblem(token));
    } catch (SignedToken.MalformedException e) {
      throw new DeniedException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Keys that may have come since. If they cannot be read, a token that fits one of the known keys
   * is judged by those; of any other nobody can tell whether it is good.
   */
  private VerificationKeys newer(KeySource source, VerificationKeys seen, SignedToken token)
      throws OutageException {
    try {
      return source.newerThan(seen);
    } catch (OutageException e) {
      for (KeySource each : sources) {
        if (each.current().fitting(token)) {
          return seen;
        }
      }
      throw e;
    }
  }

  private Verified judged(
      Credential credential, Map<String, Object> claims, KeySource source, VerificationKeys keys)
      throws DeniedException {
    String problem = rules.problemWith(claims);
    if (problem != null) {
      throw new DeniedException(problem);
    }
    try {
      ValidityTimes times = ValidityTimes.of(claims);
      Credential bare = Credential.of(credential.token());
      Credential vouched = rules.vouch(bare, FrozenJson.of(claims), null);
      return new Verified(new Verdict.Accepted(vouched), times, source, keys);
    } catch (IllegalArgumentException e) {
      throw new DeniedException(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isSigned(SignedToken token, VerificationKeys keys) {
    for (VerificationKey key : keys.keys()) {
      if (key.fits(token.header())
          && key.verifies(token.header(), token.signingInput(), token.signature())) {
        return true;
      }
    }
    return false;
  }

  /** Says which of the three it is, as far as the configured keys can tell. */
  private String signatureProblem(SignedToken token) throws OutageException {
    boolean named = false;
    for (KeySource source : sources) {
      for (VerificationKey key : source.current().keys()) {
        if (key.fits(token.header())) {
          return "its signature is not by a configured key";
        }
        named |= key.isNamedBy(token.header());
      }
    }
    String id = token.header().getKeyID();
    return named || id == null
        ? "no configured key may be used with its algorithm "
            + SafeText.name(token.header().getAlgorithm().getName())
        : "there is no key with its key id " + SafeText.name(id);
  }

  /** The token is bad; the message says why. */
  private static final class DeniedException extends Exception {
    private static final long serialVersionUID = 1L;

    DeniedException(String reason) {
      super(reason);
    }
  }
}
