package io.percred.tokens.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import io.percred.tokens.http.OutageException;
import io.percred.tokens.http.SafeText;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JSON Web Tokens. A signature is checked once per token and set of keys; expiry and the
 * other times are checked at every use. Denials are not remembered. Thread-safe.
 */
final class JwtVerifier implements CredentialVerifier {
  static final String NAME = "jwt";
  private static final int REMEMBERED_TOKENS = 10_000;

  private final List<KeySource> sources;
  private final ClaimRules rules;
  private final Clock clock;
  private final Runnable whenClosed;
  private final boolean mayBlock;
  private final Cache<String, Verified> verified =
      Caffeine.newBuilder().maximumSize(REMEMBERED_TOKENS).build();

  JwtVerifier(List<KeySource> sources, ClaimRules rules, Clock clock, Runnable whenClosed) {
    this.sources = List.copyOf(sources);
    this.rules = rules;
    this.clock = clock;
    this.whenClosed = whenClosed;
    this.mayBlock = sources.stream().anyMatch(source -> !(source instanceof KeySource.Fixed));
  }

  /**
   * A token whose signature is good under {@code keys}, which are in force as long as {@code
   * source} says so.
   */
  private record Verified(
      Verdict.Accepted accepted, ValidityTimes times, KeySource source, VerificationKeys keys) {
    boolean isInForce() throws OutageException {
      return source.current() == keys;
    }
  }

  @Override
  public Verdict verify(Credential credential, Target target) {
    try {
      Verified known = verified.getIfPresent(credential.fingerprint());
      if (known == null || !known.isInForce()) {
        known = checkSignature(credential);
        verified.put(credential.fingerprint(), known);
      }
      String problem = known.times.problemAt(clock.millis(), rules.leeway());
      return problem == null ? accept(known.accepted, credential) : denied(problem);
    } catch (DeniedException e) {
      verified.invalidate(credential.fingerprint());
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
    verified.invalidateAll();
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
      KeySource source = null;
      VerificationKeys keys = null;
      for (int i = 0; i < sources.size() && keys == null; i++) {
        source = sources.get(i);
        keys = verifying(token, source.current());
      }
      for (int i = 0; i < sources.size() && keys == null; i++) {
        source = sources.get(i);
        VerificationKeys seen = source.current();
        VerificationKeys newer = source.newerThan(seen);
        keys = newer == seen ? null : verifying(token, newer);
      }
      if (source == null || keys == null) {
        throw new DeniedException(signatureProblem(token));
      }
      return judged(credential, token.claims(), source, keys);
    } catch (SignedToken.MalformedException e) {
      throw new DeniedException(String.valueOf(e.getMessage()));
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

  private static @Nullable VerificationKeys verifying(SignedToken token, VerificationKeys keys) {
    for (VerificationKey key : keys.keys()) {
      if (key.fits(token.header())
          && key.verifies(token.header(), token.signingInput(), token.signature())) {
        return keys;
      }
    }
    return null;
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
