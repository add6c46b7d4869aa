package io.percred.benchmarks;

import io.percred.PercredDataSource;
import io.percred.spi.AdapterContext;
import io.percred.spi.Credential;
import io.percred.spi.CredentialVerifier;
import io.percred.spi.PercredListener;
import io.percred.spi.ProviderContext;
import io.percred.spi.Target;
import io.percred.spi.Verdict;
import io.percred.tokens.jwt.JwtVerifierProvider;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the jwt verifier costs a transaction whose token was seen before: with the Credential that
 * was seen (a request with several transactions) and with a fresh one of the same token (the next
 * request of the same caller).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@SuppressWarnings("NullAway.Init") // JMH calls the methods in order.
public class JwtVerificationBenchmark {
  private static final Target TARGET =
      new Target("jdbc:postgresql://db.example/shop", "authenticator", "127.0.0.1");

  /** How the token is signed: a passphrase, or a 2048-bit key of a JWK set behind a URL. */
  @Param({"HS256", "RS256"})
  public String algorithm;

  private final PercredDataSource dataSource = new PercredDataSource();
  private SignedTokens issuer;
  private CredentialVerifier verifier;
  private Credential seen;

  /** Signs a token and has it verified once. */
  @Setup
  public void verifyOnce() throws Exception {
    issuer = SignedTokens.of(algorithm);
    AdapterContext context = ContextAdapter.configured(dataSource, issuer.properties());
    verifier =
        new JwtVerifierProvider()
            .create(
                new ProviderContext(
                    null, false, context.settings(), context.clock(), PercredListener.NONE));
    seen = Credential.of(issuer.token());
    if (!(verifier.verify(seen, TARGET) instanceof Verdict.Accepted)) {
      throw new IllegalStateException("The token should be good");
    }
  }

  /** Ends the verifier's threads. */
  @TearDown
  public void close() {
    verifier.close();
    issuer.close();
    dataSource.close();
  }

  /** The same Credential instance again. */
  @Benchmark
  public Verdict sameCredential() {
    return verifier.verify(seen, TARGET);
  }

  /** A new Credential with the same token: its fingerprint is taken anew. */
  @Benchmark
  public Verdict freshCredential() {
    return verifier.verify(Credential.of(issuer.token()), TARGET);
  }
}
